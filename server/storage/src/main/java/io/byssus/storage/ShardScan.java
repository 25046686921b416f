package io.byssus.storage;

import com.google.protobuf.ByteString;
import java.util.Arrays;

/**
 * Walks over records in the order of their partition and sort keys, or in the reverse; passes over
 * what has expired. Not shared among threads; must be closed.
 *
 * <p>One step passes over {@value #EXPIRED_PER_STEP} expired records at the most, so that whoever
 * walks can give way in the midst of very many of them. Hence a step may end at no record:
 *
 * <pre>{@code
 * for (; !scan.isEnd(); scan.next()) {
 *   if (scan.isRecord()) {
 *     take(scan.record());
 *   }
 * }
 * }</pre>
 */
public final class ShardScan implements AutoCloseable {
  /** So many expired records take about half a millisecond. */
  static final int EXPIRED_PER_STEP = 1_000;

  private static final int HEAD_BYTES = 1_024;

  private final ScanPlace begin;
  private final ShardStore.Cursor cursor;
  private final UseCount uses;
  private final long clockMillis;

  /** Holds a small row whole, so that it crosses from RocksDB once. */
  private final byte[] head = new byte[HEAD_BYTES];

  private boolean end;
  private boolean atRecord;
  private int rowBytes;
  private RecordKey key;
  private boolean closed;

  ShardScan(ShardStore store, ScanPlace begin, UseCount uses, long clockMillis) {
    this.begin = begin;
    this.cursor = begin.open(store);
    this.uses = uses;
    this.clockMillis = clockMillis;
    try {
      passExpired();
    } catch (RuntimeException e) {
      cursor.close();
      throw e;
    }
  }

  /** Stops at a record, at the end, or at the last expired record of the step. */
  private void passExpired() {
    key = null;
    atRecord = false;
    for (int passed = 1; isValid(); passed++) {
      rowBytes = cursor.value(head);
      if (!RecordRows.isExpired(head, Math.min(rowBytes, head.length), clockMillis)) {
        atRecord = true;
        return;
      }
      if (passed == EXPIRED_PER_STEP) {
        return;
      }
      cursor.next();
    }
  }

  private boolean isValid() {
    end = !cursor.isValid();
    return !end;
  }

  /** Whether the scan has come to its end. */
  public boolean isEnd() {
    return end;
  }

  /** Whether the scan stands at a record. */
  public boolean isRecord() {
    return atRecord;
  }

  /** Goes to the next record, or a step towards it. */
  public void next() {
    cursor.next();
    passExpired();
  }

  /** Where the scan stands, which must not be its end: another begins with the same record. */
  public ScanPlace place() {
    return begin.at(cursor.key());
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
    byte[] row = rowBytes <= head.length ? Arrays.copyOf(head, rowBytes) : cursor.value();
    return RecordReader.record(RecordRows.decodeCurrent(row));
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
