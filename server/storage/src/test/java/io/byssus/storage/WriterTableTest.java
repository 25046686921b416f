package io.byssus.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriterTableTest {
  @TempDir Path directory;

  @Test
  void writersThatHaveEndedGoOnGoingWithEachCommitUntilNoneIsLeft() {
    try (NodeStorage node = new NodeStorage(StorageConfig.DEFAULT, TestHooks.NONE);
        ShardStore store = new ShardStore(directory, node);
        ShardBatch batch = new ShardBatch(store)) {
      WriterTable writers = new WriterTable();
      int ended = 2 * WriterTable.SWEEP_AT_MOST + 1;
      for (int writer = 1; writer <= ended; writer++) {
        writers.admit(LogBuilder.stamp(writer, 1, 1, 100_000), 100_000);
      }
      writers.admit(LogBuilder.stamp(ended + 1, 1, 1, 900_000), 100_000);
      writers.writeTo(batch, 100_000);
      batch.write();
      assertEquals(ended + 1, rows(store));
      for (int commit = 0; commit < 3; commit++) {
        writers.writeTo(batch, 120_000 + commit);
        batch.write();
      }
      assertEquals(1, rows(store));
    }
  }

  private static int rows(ShardStore store) {
    int[] rows = {0};
    store.forEach(ShardKeys.WRITERS_PREFIX, (key, value) -> rows[0]++);
    return rows[0];
  }
}
