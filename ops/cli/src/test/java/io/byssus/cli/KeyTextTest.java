package io.byssus.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.byssus.client.Key;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeyTextTest {
  @Test
  void theFirstSlashSeparatesPartitionKeyAndSortKey() {
    assertEquals(Key.of("NL"), KeyText.parse("NL"));
    assertEquals(Key.of("NL"), KeyText.parse("NL/"));
    assertEquals(Key.of("NL", "Amsterdam"), KeyText.parse("NL/Amsterdam"));
    assertEquals(Key.of("NL", "a/b"), KeyText.parse("NL/a/b"));
    assertEquals(Key.of("NL/x", "a"), KeyText.parse("NL\\/x/a"));
    assertEquals(Key.of("NL\\", "a"), KeyText.parse("NL\\\\/a"));
  }

  @Test
  void compositeSortKeysAreWrittenWithZeroBytes() {
    assertEquals(Key.of("JP", "東京\0" + "0001850147"), KeyText.parse("JP/東京\\00001850147"));
  }

  @Test
  void aKeyWithoutPartitionKeyIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> KeyText.parse(""));
    assertThrows(IllegalArgumentException.class, () -> KeyText.parse("/a"));
  }

  @Test
  void whatIsShownCanBeTypedAgain() {
    assertEquals(
        "NL/Amsterdam\\00002759794", KeyText.show(Key.of("NL", "Amsterdam\0" + "0002759794")));
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 20_000; i++) {
      byte[] partition = new byte[1 + random.nextInt(6)];
      byte[] sort = new byte[random.nextInt(6)];
      random.nextBytes(partition);
      random.nextBytes(sort);
      partition[0] = (byte) (random.nextBoolean() ? '/' : '\\');
      Key key = Key.of(partition, sort);
      assertEquals(key, KeyText.parse(KeyText.show(key)));
    }
  }
}
