package io.byssus.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * What must hold between the rows of a closed shard, whatever was applied: the expiry index holds
 * each record that has something to end, at its moment, and nothing else; the values of older
 * versions are there for those that are put, and for no others; nothing lies below a queue's low
 * mark.
 */
final class IndexCheck {
  private final Path directory;
  private final NodeStorage node;

  IndexCheck(Path directory, NodeStorage node) {
    this.directory = directory;
    this.node = node;
  }

  void run() {
    try (ShardStore store = new ShardStore(directory, node);
        ShardStore.View view = store.view()) {
      Map<String, Long> due = new HashMap<>();
      Map<String, byte[]> olderValues = new HashMap<>();
      // At the beginning of time nothing has ended: the state is what stands on disk.
      try (StateCursor records = new StateCursor(store, view, Long.MIN_VALUE)) {
        for (; records.isValid(); records.next()) {
          byte[] key = records.recordKey();
          if (records.state().dueMillis() != 0) {
            due.put(hex(key), records.state().dueMillis());
          }
          for (VersionEntry entry : records.state().past()) {
            if (!entry.deleted()) {
              olderValues.put(hex(ShardKeys.olderValue(key, entry.version())), key);
            }
          }
        }
      }
      Map<String, Long> indexed = new HashMap<>();
      store.forEach(
          new byte[] {ShardKeys.EXPIRY},
          (key, value) -> {
            byte[] record = ShardKeys.recordOfExpiry(key);
            indexed.put(hex(record), ShardKeys.dueOf(key));
            byte[] mark = store.get(ShardKeys.expiryMark(ShardKeys.namespaceOf(record)));
            assertTrue(mark == null || Arrays.compareUnsigned(mark, key) <= 0, "below the mark");
          });
      assertEquals(due, indexed);
      store.forEach(
          new byte[] {ShardKeys.OLDER_VALUES},
          (key, value) -> assertTrue(olderValues.remove(hex(key)) != null, "a value of nothing"));
      assertTrue(olderValues.isEmpty(), "older versions without values");
    }
  }

  private static String hex(byte[] key) {
    return HexFormat.of().formatHex(key);
  }
}
