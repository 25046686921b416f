package io.byssus.storage;

import com.google.protobuf.ByteString;
import java.util.Arrays;

/**
 * Walks over records in the order of their partition and sort keys, or in the reverse; passes over
 * what has expired. Not shared among threads; must be closed.
 */
public final class ShardScan implements AutoCloseable {
  private final ShardStore.Cursor cursor;
  private final UseCount uses;
  private final long clockMillis;
  private final byte[] head = new byte[RecordRows.HEAD_BYTES];
  private RecordKey key;
  private boolean closed;

  ShardScan(ShardStore.Cursor cursor, UseCount uses, long clockMillis) {
    this.cursor = cursor;
    this.uses = uses;
    this.clockMillis = clockMillis;
    passExpired();
  }

  private void passExpired() {
    key = null;
    while (cursor.isValid() && isExpired()) {
      cursor.next();
    }
  }

  private boolean isExpired() {
    int bytes = cursor.value(head);
    return RecordRows.isExpired(
        bytes < head.length ? Arrays.copyOf(head, bytes) : head, clockMillis);
  }

  /** Whether the scan stands at a record. */
  public boolean isValid() {
    return cursor.isValid();
  }

  /** Goes to the next record. */
  public void next() {
    cursor.next();
    passExpired();
  }

  /** The name of the record it stands at. */
  public RecordKey key() {
    if (key == null) {
      key = ShardKeys.nameOf(cursor.key());
    }
    return key;
  }

  /** The sort key of the record it stands at. */
  public ByteString sortKey() {
    return key().sortKey();
  }

  /** The record it stands at. */
  public StoredRecord record() {
    return RecordReader.record(RecordRows.decodeCurrent(cursor.value()));
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
