package io.byssus.storage;

import com.google.protobuf.ByteString;

/**
 * Walks over the records of one partition key in the order of their sort keys. Not shared among
 * threads; must be closed.
 */
public final class ShardScan implements AutoCloseable {
  private final ShardStore.Cursor cursor;
  private final UseCount uses;
  private boolean closed;

  ShardScan(ShardStore.Cursor cursor, UseCount uses) {
    this.cursor = cursor;
    this.uses = uses;
  }

  /** Whether the scan stands at a record. */
  public boolean isValid() {
    return cursor.isValid();
  }

  /** Goes to the next record. */
  public void next() {
    cursor.next();
  }

  /** The sort key of the record it stands at. */
  public ByteString sortKey() {
    return ShardKeys.sortKeyOf(cursor.key());
  }

  /** The record it stands at. */
  public StoredRecord record() {
    return StoredRecord.decode(cursor.value());
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      cursor.close();
      uses.end();
    }
  }
}
