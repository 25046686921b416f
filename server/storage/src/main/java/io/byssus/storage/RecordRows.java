package io.byssus.storage;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * How a record stands in its rows. All begin with one byte of layout (1); numbers are big-endian.
 *
 * <pre>
 * the record as it is now   entry, value
 * what is behind it         entry, entry, …   newest first; the first is a deletion where there is no record now
 * an older version's value  value
 * entry                     flags(1) version(8) [expires(8)] [until(8)]
 * flags                     1: expires is there, 2: until is there, 4: something is behind it, 8: it is a deletion
 * </pre>
 */
final class RecordRows {
  /** So many bytes of a record's row tell whether it has expired. */
  static final int HEAD_BYTES = 18;

  private static final byte LAYOUT = 1;
  private static final int EXPIRES = 1;
  private static final int UNTIL = 2;
  private static final int HAS_PAST = 4;
  private static final int DELETED = 8;

  /** What reads a row: by its key; null where there is none. */
  interface Rows {
    byte[] get(byte[] key);
  }

  private RecordRows() {}

  static byte[] encodeCurrent(VersionEntry entry, boolean hasPast) {
    byte[] row = new byte[1 + entryBytes(entry) + entry.value().size()];
    ByteBuffer buffer = ByteBuffer.wrap(row).put(LAYOUT);
    encode(entry, hasPast, buffer);
    entry.value().copyTo(row, buffer.position());
    return row;
  }

  static VersionEntry decodeCurrent(byte[] row) {
    ByteBuffer buffer = checked(row);
    VersionEntry head = decodeEntry(buffer);
    return head.withValue(
        UnsafeByteOperations.unsafeWrap(row, buffer.position(), buffer.remaining()));
  }

  static boolean hasPast(byte[] row) {
    return (row[1] & HAS_PAST) != 0;
  }

  /** Whether a record has expired, by its row. */
  static boolean isExpired(byte[] row, long clockMillis) {
    return isExpired(row, row.length, clockMillis);
  }

  /**
   * The same by the beginning of its row.
   *
   * @param head the first {@link #HEAD_BYTES} of its row or more, or all where it is shorter
   * @param bytes how many bytes of the array that is
   */
  static boolean isExpired(byte[] head, int bytes, long clockMillis) {
    ByteBuffer buffer = checked(head, bytes);
    return (buffer.get() & EXPIRES) != 0 && buffer.getLong(10) <= clockMillis;
  }

  static byte[] encodePast(List<VersionEntry> entries) {
    int bytes = 1;
    for (VersionEntry entry : entries) {
      bytes += entryBytes(entry);
    }
    ByteBuffer buffer = ByteBuffer.allocate(bytes).put(LAYOUT);
    entries.forEach(entry -> encode(entry, false, buffer));
    return buffer.array();
  }

  static List<VersionEntry> decodePast(byte[] row) {
    ByteBuffer buffer = checked(row);
    List<VersionEntry> entries = new ArrayList<>();
    while (buffer.hasRemaining()) {
      entries.add(decodeEntry(buffer));
    }
    return entries;
  }

  static byte[] encodeOlderValue(ByteString value) {
    byte[] row = new byte[1 + value.size()];
    row[0] = LAYOUT;
    value.copyTo(row, 1);
    return row;
  }

  /** All that stands of a record: older versions without their values. */
  static RecordState state(Rows rows, byte[] recordKey) {
    byte[] current = rows.get(recordKey);
    byte[] past = current == null || hasPast(current) ? rows.get(ShardKeys.past(recordKey)) : null;
    return state(current, past);
  }

  /** All that stands of a record in its row and the row of its past; null where there is none. */
  static RecordState state(byte[] current, byte[] past) {
    List<VersionEntry> entries = new ArrayList<>();
    if (current != null) {
      entries.add(decodeCurrent(current));
    }
    if (past != null) {
      entries.addAll(decodePast(past));
    }
    return RecordState.of(entries);
  }

  /** The entry with its value, which for an older version stands in a row of its own. */
  static VersionEntry withValue(Rows rows, byte[] recordKey, VersionEntry entry) {
    if (entry.deleted() || entry.value() != null) {
      return entry;
    }
    byte[] row = rows.get(ShardKeys.olderValue(recordKey, entry.version()));
    if (row == null) {
      throw new IllegalStateException("the value of an older version is missing");
    }
    ByteBuffer buffer = checked(row);
    return entry.withValue(
        UnsafeByteOperations.unsafeWrap(row, buffer.position(), buffer.remaining()));
  }

  private static int entryBytes(VersionEntry entry) {
    return 1
        + Long.BYTES
        + (entry.expiresMillis() != 0 ? Long.BYTES : 0)
        + (entry.untilMillis() != 0 ? Long.BYTES : 0);
  }

  private static void encode(VersionEntry entry, boolean hasPast, ByteBuffer buffer) {
    int flags =
        (entry.expiresMillis() != 0 ? EXPIRES : 0)
            | (entry.untilMillis() != 0 ? UNTIL : 0)
            | (hasPast ? HAS_PAST : 0)
            | (entry.deleted() ? DELETED : 0);
    buffer.put((byte) flags).putLong(entry.version());
    if (entry.expiresMillis() != 0) {
      buffer.putLong(entry.expiresMillis());
    }
    if (entry.untilMillis() != 0) {
      buffer.putLong(entry.untilMillis());
    }
  }

  private static VersionEntry decodeEntry(ByteBuffer buffer) {
    int flags = buffer.get();
    long version = buffer.getLong();
    long expires = (flags & EXPIRES) != 0 ? buffer.getLong() : 0;
    long until = (flags & UNTIL) != 0 ? buffer.getLong() : 0;
    return new VersionEntry(version, (flags & DELETED) != 0, expires, until, null);
  }

  private static ByteBuffer checked(byte[] row) {
    return checked(row, row.length);
  }

  private static ByteBuffer checked(byte[] row, int bytes) {
    if (bytes == 0 || row[0] != LAYOUT) {
      throw new IllegalStateException(
          "a stored record has a layout that this release does not know");
    }
    return ByteBuffer.wrap(row, 1, bytes - 1);
  }
}
