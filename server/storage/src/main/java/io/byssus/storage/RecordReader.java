package io.byssus.storage;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.rocksdb.Holder;

/** Reads records and their versions, as of a moment of the shard clock. */
final class RecordReader {
  private RecordReader() {}

  /** A record as it is now: one row. */
  static Optional<StoredRecord> get(ShardStore store, byte[] recordKey, long clockMillis) {
    return current(store.get(recordKey), clockMillis);
  }

  /** The same, without reading from disk. */
  static MemoryRead getFromMemory(ShardStore store, byte[] recordKey, long clockMillis) {
    Holder<byte[]> row = new Holder<>();
    return store.getFromMemory(recordKey, row)
        ? MemoryRead.of(current(row.getValue(), clockMillis))
        : MemoryRead.UNKNOWN;
  }

  private static Optional<StoredRecord> current(byte[] row, long clockMillis) {
    return row == null || RecordRows.isExpired(row, clockMillis)
        ? Optional.empty()
        : Optional.of(record(RecordRows.decodeCurrent(row)));
  }

  /** A record as it was under the newest version that is not above a version. */
  static Optional<StoredRecord> get(
      ShardStore store, byte[] recordKey, long atVersion, long clockMillis) {
    // A value may be trimmed while its version is being looked up: one view for both.
    try (ShardStore.View view = store.view()) {
      return RecordRows.state(view, recordKey)
          .at(clockMillis)
          .newestUpTo(atVersion)
          .filter(entry -> !entry.deleted())
          .map(entry -> record(RecordRows.withValue(view, recordKey, entry)));
    }
  }

  static VersionList list(
      ShardStore store, byte[] recordKey, VersionRange range, long clockMillis) {
    try (ShardStore.View view = store.view()) {
      List<VersionEntry> entries =
          new ArrayList<>(RecordRows.state(view, recordKey).at(clockMillis).entries());
      entries.removeIf(entry -> !range.holds(entry.version()));
      if (range.oldestFirst()) {
        Collections.reverse(entries);
      }
      List<StoredVersion> versions = new ArrayList<>();
      long bytes = 0;
      for (VersionEntry entry : entries) {
        if (versions.size() == range.limit() || bytes >= range.maxBytes()) {
          return new VersionList(versions, false);
        }
        StoredVersion version = version(RecordRows.withValue(view, recordKey, entry));
        versions.add(version);
        bytes += version.value().size();
      }
      return new VersionList(versions, true);
    }
  }

  static StoredRecord record(VersionEntry put) {
    return new StoredRecord(put.version(), put.expiresMillis(), put.value());
  }

  static StoredVersion version(VersionEntry entry) {
    return entry.deleted()
        ? new StoredVersion(entry.version(), true, 0, ByteString.EMPTY)
        : new StoredVersion(entry.version(), false, entry.expiresMillis(), entry.value());
  }
}
