package io.byssus.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jpountz.xxhash.XXHashFactory;
import org.junit.jupiter.api.Test;

class XxHash64Test {
  @Test
  void agreesWithAnotherImplementationForEveryLength() {
    var other = XXHashFactory.safeInstance().hash64();
    Random random = new Random(1);
    for (int length = 0; length < 600; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      long seed = random.nextLong();
      assertEquals(
          other.hash(bytes, 0, length, seed), XxHash64.hash(bytes, seed), "length " + length);
    }
  }

  @Test
  void hashesAPartOfAnArray() {
    byte[] bytes = "..the middle..".getBytes(StandardCharsets.US_ASCII);
    byte[] middle = "the middle".getBytes(StandardCharsets.US_ASCII);
    assertEquals(XxHash64.hash(middle, 7), XxHash64.hash(bytes, 2, 10, 7));
  }
}
