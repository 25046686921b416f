package io.byssus.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.testkit.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RecordStateTest {
  private static final long CLOCK = 1_000;
  private static final int WRITES = 5;

  private static VersionEntry put(long version, String value, long expires) {
    return VersionEntry.put(
        version, expires, expires == 0 ? 0 : expires + 500, ByteString.copyFromUtf8(value));
  }

  private static RecordState merged(List<VersionEntry> writes, int maxVersions) {
    RecordState state = RecordState.ABSENT;
    for (VersionEntry write : writes) {
      VersionEntry newcomer = write.isDueBy(CLOCK) ? write.expired() : write;
      state = state.merge(newcomer, maxVersions, entry -> entry).at(CLOCK);
    }
    return state;
  }

  private static void permute(
      List<VersionEntry> writes, int from, Consumer<List<VersionEntry>> use) {
    if (from == writes.size()) {
      use.accept(writes);
      return;
    }
    for (int i = from; i < writes.size(); i++) {
      Collections.swap(writes, from, i);
      permute(writes, from + 1, use);
      Collections.swap(writes, from, i);
    }
  }

  @Test
  void underVersionEveryOrderEndsAlike() {
    RandomGenerator random = Seed.of("RecordStateTest").random();
    for (int run = 0; run < 2_000; run++) {
      int versions = 1 + random.nextInt(4);
      List<VersionEntry> writes = new ArrayList<>();
      for (int i = 0; i < WRITES; i++) {
        writes.add(randomWrite(1 + random.nextInt(versions), random));
      }
      int maxVersions = 1 + random.nextInt(3);
      RecordState first = merged(writes, maxVersions);
      permute(
          writes,
          0,
          order ->
              assertEquals(
                  first.entries(), merged(order, maxVersions).entries(), () -> "order " + order));
    }
  }

  private static VersionEntry randomWrite(long version, RandomGenerator random) {
    if (random.nextInt(4) == 0) {
      return VersionEntry.deletion(version, CLOCK + 500);
    }
    long expires =
        switch (random.nextInt(3)) {
          case 0 -> 0;
          case 1 -> CLOCK + random.nextInt(3) * 10 + 1;
          default -> CLOCK - random.nextInt(3) * 10;
        };
    return put(version, random.nextBoolean() ? "a" : "b", expires);
  }

  @Test
  void ofEqualVersionsADeleteWinsThenTheGreaterBytesUntilTheEarlierEnd() {
    assertJoined(put(1, "ab", 2_000), put(1, "a", 2_000), put(1, "ab", 2_000));
    assertJoined(put(1, "\u00ff", 2_000), put(1, "\u00ff", 0), put(1, "ab", 2_000));
    assertJoined(put(1, "a", 2_000), put(1, "a", 2_000), put(1, "a", 3_000));
    assertJoined(put(1, "a", 2_000), put(1, "a", 2_000), put(1, "a", 0));
    VersionEntry deletion = VersionEntry.deletion(1, 2_000);
    assertJoined(deletion, deletion, put(1, "z", 0));
    assertJoined(VersionEntry.deletion(1, 2_001), deletion, VersionEntry.deletion(1, 2_001));
    VersionEntry expired = put(1, "a", 2_000).expired();
    assertJoined(expired, deletion, expired);
  }

  private static void assertJoined(VersionEntry joined, VersionEntry one, VersionEntry other) {
    assertEquals(joined, one.join(other));
    assertEquals(joined, other.join(one));
    assertSame(joined, joined.join(one));
    assertSame(joined, joined.join(other));
  }

  @Test
  void itIsTheSameWhetherAnEndComesBetweenEqualVersionsOrAfterThem() {
    RandomGenerator random = Seed.of("RecordStateTest.equal").random();
    for (int run = 0; run < 2_000; run++) {
      List<VersionEntry> writes = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        writes.add(put(1, "" + random.nextInt(3), random.nextInt(3) * 10));
      }
      long end = 5 + random.nextInt(20);
      List<VersionEntry> first = atTimes(writes, random, end);
      Collections.shuffle(writes, new Random(random.nextLong()));
      assertEquals(first, atTimes(writes, random, end));
    }
  }

  /** What can be read at the end, where each write came at a time before. */
  private static List<VersionEntry> atTimes(
      List<VersionEntry> writes, RandomGenerator random, long end) {
    RecordState state = RecordState.ABSENT;
    long clock = 0;
    for (VersionEntry write : writes) {
      clock += random.nextLong(end - clock + 1);
      VersionEntry now = write.isDueBy(clock) ? write.expired() : write;
      state = state.at(clock).merge(now, 1, entry -> entry);
    }
    return state.at(end).current().stream()
        .map(entry -> put(entry.version(), entry.value().toStringUtf8(), entry.expiresMillis()))
        .toList();
  }

  @Test
  void whatEndsInStepsEndsAsAtOnce() {
    RandomGenerator random = Seed.of("RecordStateTest.steps").random();
    for (int run = 0; run < 5_000; run++) {
      RecordState state = RecordState.ABSENT;
      for (int i = 0; i < 4; i++) {
        state = state.merge(randomWrite(1 + random.nextInt(6), random), 4, entry -> entry);
      }
      long later = CLOCK + random.nextInt(800);
      long between = CLOCK + random.nextInt((int) (later - CLOCK) + 1);
      assertEquals(state.at(later).entries(), state.at(between).at(later).entries());
    }
  }

  @Test
  void anExpiredRecordDoesNotGiveWayToAnOlderVersionOfItself() {
    RecordState state =
        RecordState.ABSENT.put(put(1, "old", 0), 3).put(VersionEntry.put(2, 900, 0, null), 3);
    assertTrue(state.at(900).isEmpty());
    assertEquals(2, state.at(899).entries().size());
  }

  @Test
  void aDeletionThatIsAVersionStaysAsLongAsThereIsSomethingBelow() {
    RecordState unending = RecordState.ABSENT.put(put(1, "x", 0), 2).delete(2, 2);
    assertEquals(2, unending.at(Long.MAX_VALUE).entries().size());
    RecordState ending =
        RecordState.ABSENT.put(VersionEntry.put(1, 900, 0, ByteString.EMPTY), 2).delete(2, 2);
    assertEquals(2, ending.at(899).entries().size());
    assertTrue(ending.at(900).isEmpty());
    assertEquals(Optional.empty(), ending.current());
  }
}
