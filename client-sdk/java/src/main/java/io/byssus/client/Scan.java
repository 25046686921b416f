package io.byssus.client;

import com.google.protobuf.ByteString;
import java.util.Objects;

/**
 * Which records a scan reads: those of one partition key, in the byte order of their sort keys or
 * in the reverse. All of them, or those whose sort key starts with a prefix, or those in a range.
 * Immutable.
 *
 * <pre>{@code
 * Scan.of("NL").prefix("Am").limit(20)
 * }</pre>
 */
public final class Scan {
  private final ByteString partitionKey;
  private final ByteString prefix;
  private final ByteString start;
  private final ByteString end;
  private final boolean reverse;
  private final long limit;
  private final PageToken after;

  private Scan(
      ByteString partitionKey,
      ByteString prefix,
      ByteString start,
      ByteString end,
      boolean reverse,
      long limit,
      PageToken after) {
    this.partitionKey = partitionKey;
    this.prefix = prefix;
    this.start = start;
    this.end = end;
    this.reverse = reverse;
    this.limit = limit;
    this.after = after;
  }

  /** All records of a partition key. */
  public static Scan of(String partitionKey) {
    return of(ByteString.copyFromUtf8(partitionKey));
  }

  /** All records of a partition key. */
  public static Scan of(byte[] partitionKey) {
    return of(ByteString.copyFrom(partitionKey));
  }

  private static Scan of(ByteString partitionKey) {
    return new Scan(
        partitionKey, ByteString.EMPTY, ByteString.EMPTY, ByteString.EMPTY, false, 0, null);
  }

  /** Only sort keys that start with these bytes. Replaces an earlier prefix or range. */
  public Scan prefix(String bytes) {
    return selecting(ByteString.copyFromUtf8(bytes), ByteString.EMPTY, ByteString.EMPTY);
  }

  /** Only sort keys that start with these bytes. Replaces an earlier prefix or range. */
  public Scan prefix(byte[] bytes) {
    return selecting(ByteString.copyFrom(bytes), ByteString.EMPTY, ByteString.EMPTY);
  }

  /**
   * Only sort keys from {@code startInclusive} (empty: from the beginning) to {@code endExclusive}
   * (empty: to the end). Replaces an earlier prefix or range.
   */
  public Scan range(String startInclusive, String endExclusive) {
    return selecting(
        ByteString.EMPTY,
        ByteString.copyFromUtf8(startInclusive),
        ByteString.copyFromUtf8(endExclusive));
  }

  /** As {@link #range(String, String)}, in bytes. */
  public Scan range(byte[] startInclusive, byte[] endExclusive) {
    return selecting(
        ByteString.EMPTY, ByteString.copyFrom(startInclusive), ByteString.copyFrom(endExclusive));
  }

  /** From the end of the selection to its beginning. Part of the selection. */
  public Scan reverse() {
    return new Scan(partitionKey, prefix, start, end, true, limit, after);
  }

  /**
   * At most this many records.
   *
   * @param records 1 or more; 0: no bound
   */
  public Scan limit(long records) {
    if (records < 0) {
      throw new IllegalArgumentException("limit must not be negative, is " + records);
    }
    return new Scan(partitionKey, prefix, start, end, reverse, records, after);
  }

  /** Goes on where an earlier scan of the same partition key and selection stopped. */
  public Scan after(PageToken token) {
    return new Scan(
        partitionKey, prefix, start, end, reverse, limit, Objects.requireNonNull(token));
  }

  private Scan selecting(ByteString newPrefix, ByteString newStart, ByteString newEnd) {
    return new Scan(partitionKey, newPrefix, newStart, newEnd, reverse, limit, after);
  }

  ByteString partitionKey() {
    return partitionKey;
  }

  ByteString prefix() {
    return prefix;
  }

  ByteString start() {
    return start;
  }

  ByteString end() {
    return end;
  }

  boolean isReverse() {
    return reverse;
  }

  long limit() {
    return limit;
  }

  /** Where to go on; null: from the beginning. */
  PageToken after() {
    return after;
  }
}
