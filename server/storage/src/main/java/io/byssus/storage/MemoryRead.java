package io.byssus.storage;

import java.util.Optional;

/**
 * What a shard tells of a record without reading from disk.
 *
 * @param known whether it can tell: not where the record, or the files' filters that would rule it
 *     out, would have to be read first
 * @param record the record, where it is known that there is one
 */
public record MemoryRead(boolean known, Optional<StoredRecord> record) {
  static final MemoryRead UNKNOWN = new MemoryRead(false, Optional.empty());

  static MemoryRead of(Optional<StoredRecord> record) {
    return new MemoryRead(true, record);
  }
}
