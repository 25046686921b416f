package io.byssus.storage;

import com.google.protobuf.ByteString;
import org.rocksdb.Snapshot;

/** Everything that a shard holds as of one position. Not shared among threads; must be closed. */
public final class ShardDump implements AutoCloseable {
  private final ShardStore store;
  private final UseCount uses;
  private final Snapshot snapshot;
  private final ShardHeader header;
  private final ShardStore.Cursor cursor;
  private boolean closed;

  ShardDump(ShardStore store, UseCount uses) {
    this.store = store;
    this.uses = uses;
    this.snapshot = store.snapshot();
    try (ShardStore.Cursor head =
        store.cursor(ShardKeys.HEADER, ShardKeys.endOf(ShardKeys.HEADER), snapshot)) {
      this.header = head.isValid() ? ShardHeader.decode(head.value()) : ShardHeader.EMPTY;
    }
    this.cursor =
        store.cursor(ShardKeys.DATA_PREFIX, ShardKeys.endOf(ShardKeys.DATA_PREFIX), snapshot);
  }

  /** The position that the content is of. */
  public long position() {
    return header.position();
  }

  /** Whether the dump stands at a record. */
  public boolean isValid() {
    return cursor.isValid();
  }

  /** Goes to the next record. */
  public void next() {
    cursor.next();
  }

  /** The namespace of the record it stands at. */
  public int namespaceId() {
    return ShardKeys.namespaceOf(cursor.key());
  }

  /** The partition key of the record it stands at. */
  public ByteString partitionKey() {
    return ShardKeys.partitionKeyOf(cursor.key());
  }

  /** The sort key of the record it stands at. */
  public ByteString sortKey() {
    return ShardKeys.sortKeyOf(cursor.key());
  }

  /** The record it stands at. */
  public StoredRecord record() {
    return StoredRecord.decode(cursor.value());
  }

  /** A digest of all logical state at the position: see {@link ShardDigest}. */
  public long digest() {
    return ShardDigest.of(store, snapshot, header);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      cursor.close();
      store.release(snapshot);
      uses.end();
    }
  }
}
