package io.byssus.storage;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The records of a shard, for the one who changes them: keeps a record's rows and its entry in the
 * expiry index in step.
 */
final class RecordTable {
  private final ShardBatch batch;
  private final ExpiryIndex expiry;

  RecordTable(ShardBatch batch, ExpiryIndex expiry) {
    this.batch = batch;
    this.expiry = expiry;
  }

  /** What stands of a record, the changes of the batch included. */
  RecordState read(byte[] recordKey) {
    return RecordRows.state(batch, recordKey);
  }

  /** The entry with its value. */
  VersionEntry withValue(byte[] recordKey, VersionEntry entry) {
    return RecordRows.withValue(batch, recordKey, entry);
  }

  /** Sets a record that has a row and nothing else, whatever it was. */
  void putBlindly(byte[] recordKey, VersionEntry put) {
    batch.put(recordKey, RecordRows.encodeCurrent(put, false));
  }

  /** Removes a record that has a row and nothing else, or is absent. */
  void deleteBlindly(byte[] recordKey) {
    batch.delete(recordKey);
  }

  /** Writes what became of a record that was read as {@code old}. */
  void write(byte[] recordKey, RecordState old, RecordState next) {
    writeRows(recordKey, old, next);
    if (old.dueMillis() != next.dueMillis()) {
      if (old.dueMillis() != 0) {
        expiry.remove(recordKey, old.dueMillis(), batch);
      }
      if (next.dueMillis() != 0) {
        expiry.add(recordKey, next.dueMillis(), batch);
      }
    }
  }

  /**
   * Writes what became of a record whose entry in the expiry index has come up and is gone already.
   */
  void writeDue(byte[] recordKey, RecordState old, RecordState next) {
    writeRows(recordKey, old, next);
    if (next.dueMillis() != 0) {
      expiry.add(recordKey, next.dueMillis(), batch);
    }
  }

  private void writeRows(byte[] recordKey, RecordState old, RecordState next) {
    if (next == old) {
      return;
    }
    List<VersionEntry> past = next.past();
    if (next.current().isPresent()) {
      batch.put(recordKey, RecordRows.encodeCurrent(next.current().get(), !past.isEmpty()));
    } else if (old.current().isPresent()) {
      batch.delete(recordKey);
    }
    if (!past.isEmpty()) {
      batch.put(ShardKeys.past(recordKey), RecordRows.encodePast(past));
    } else if (!old.past().isEmpty()) {
      batch.delete(ShardKeys.past(recordKey));
    }
    writeOlderValues(recordKey, old.past(), past);
  }

  /**
   * Entries that stay are the same objects in both. What goes is removed before what comes is put:
   * an entry may be replaced by one of the same version.
   */
  private void writeOlderValues(byte[] recordKey, List<VersionEntry> old, List<VersionEntry> past) {
    if (old.isEmpty() && past.isEmpty()) {
      return;
    }
    Set<VersionEntry> held = identities(old);
    Set<VersionEntry> kept = identities(past);
    for (VersionEntry entry : old) {
      if (!entry.deleted() && !kept.contains(entry)) {
        batch.delete(ShardKeys.olderValue(recordKey, entry.version()));
      }
    }
    for (VersionEntry entry : past) {
      if (!entry.deleted() && !held.contains(entry)) {
        batch.put(
            ShardKeys.olderValue(recordKey, entry.version()),
            RecordRows.encodeOlderValue(entry.value()));
      }
    }
  }

  private static Set<VersionEntry> identities(List<VersionEntry> entries) {
    Set<VersionEntry> identities = Collections.newSetFromMap(new IdentityHashMap<>());
    identities.addAll(entries);
    return identities;
  }

  /** Removes everything of a namespace. */
  void drop(int namespaceId) {
    batch.deleteNamespace(ShardKeys.DATA, namespaceId);
    batch.deleteNamespace(ShardKeys.OLDER_VALUES, namespaceId);
    batch.deleteNamespace(ShardKeys.PAST, namespaceId);
    expiry.drop(namespaceId, batch);
  }
}
