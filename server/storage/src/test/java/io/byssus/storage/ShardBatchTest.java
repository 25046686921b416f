package io.byssus.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.byssus.testkit.Seed;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes are handed over in the order of their keys; what they come to must not show it. */
class ShardBatchTest {
  private static final int KEYS = 40;
  private static final int CHANGES = 20_000;

  @TempDir Path directory;

  @Test
  void ofOneKeyTheLastChangeCountsAndReadsSeeItBefore() {
    RandomGenerator random = Seed.of("ShardBatchTest").random();
    TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    try (NodeStorage node = new NodeStorage(StorageConfig.DEFAULT, TestHooks.NONE);
        ShardStore store = new ShardStore(directory, node);
        ShardBatch batch = new ShardBatch(store)) {
      for (int i = 0; i < CHANGES; i++) {
        byte[] key = key(random.nextInt(KEYS));
        switch (random.nextInt(10)) {
          case 0, 1, 2, 3, 4 -> {
            byte[] value = {(byte) i, (byte) (i >> 8), 1};
            batch.put(key, value);
            model.put(key, value);
          }
          case 5, 6 -> {
            batch.delete(key);
            model.remove(key);
          }
          case 7, 8 -> assertArrayEquals(model.get(key), batch.get(key));
          default -> {
            if (random.nextInt(5) == 0) {
              removeRange(batch, model, random);
            } else {
              batch.write();
              assertHolds(model, store);
            }
          }
        }
      }
      batch.write();
      assertHolds(model, store);
    }
  }

  /** Nothing of the range may be read through the batch until it is written. */
  private static void removeRange(
      ShardBatch batch, TreeMap<byte[], byte[]> model, RandomGenerator random) {
    int from = random.nextInt(KEYS);
    int to = from + 1 + random.nextInt(KEYS - from);
    batch.deleteRange(key(from), key(to));
    model.subMap(key(from), key(to)).clear();
    byte[] again = key(from);
    batch.put(again, new byte[] {2});
    model.put(again, new byte[] {2});
    batch.write();
  }

  private static void assertHolds(TreeMap<byte[], byte[]> model, ShardStore store) {
    int[] rows = {0};
    store.forEach(
        ShardKeys.DATA_PREFIX,
        (key, value) -> {
          assertArrayEquals(model.get(key), value);
          rows[0]++;
        });
    assertEquals(model.size(), rows[0]);
  }

  /** With bytes of both signs, since keys are compared without. */
  private static byte[] key(int number) {
    return new byte[] {ShardKeys.DATA, (byte) (number * 6), (byte) number};
  }
}
