package io.byssus.storage;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Where things stand in a shard's one key space. All numbers are big-endian, so that bytewise order
 * is numeric order.
 *
 * <pre>
 * 00 'd' namespace(4)                     a namespace that was dropped
 * 00 'e' namespace(4)                     below which key the namespace's expiry index is empty
 * 00 'h'                                  the header: incarnation, next offset, leader epoch, shard clock
 * 00 'i'                                  the identity: which log the data came from
 * 00 'n' namespace(4)                     a namespace's rules
 * 00 'o' writer(16) sequence(8)           a write's outcome
 * 00 'w' writer(16)                       a writer's window
 * 10 namespace(4) name                    a record as it is now
 * 11 namespace(4) name version(8)         the value of an older version of a record
 * 12 namespace(4) name                    what is remembered behind a record: its older versions, or its tombstone
 * 20 namespace(4) due(8) name             the expiry index: when something of a record ends by the shard clock
 * 30 offset(8)                            an undecodable log record on its way to the dead-letter topic
 * </pre>
 *
 * <p>A record's name is its partition key, ended by 00 00, and its sort key. A byte 00 within the
 * partition key is written 00 FF. So no partition key's records mix with another's, and bytewise
 * order of the keys is the order of partition keys, then of sort keys.
 *
 * <p>Everything of a namespace stands behind its id in the spaces 10, 11, 12 and 20, so that four
 * range deletions drop it.
 */
public final class ShardKeys {
  static final byte META = 0x00;
  static final byte DATA = 0x10;
  static final byte OLDER_VALUES = 0x11;
  static final byte PAST = 0x12;
  static final byte EXPIRY = 0x20;
  static final byte DEAD_LETTERS = 0x30;

  static final byte[] HEADER = {META, 'h'};
  static final byte[] IDENTITY = {META, 'i'};
  static final byte[] DROPPED_PREFIX = {META, 'd'};
  static final byte[] RULES_PREFIX = {META, 'n'};
  static final byte[] OUTCOMES_PREFIX = {META, 'o'};
  static final byte[] WRITERS_PREFIX = {META, 'w'};
  static final byte[] DATA_PREFIX = {DATA};
  static final byte[] PAST_PREFIX = {PAST};
  static final byte[] DEAD_LETTERS_PREFIX = {DEAD_LETTERS};

  private static final int NAME_AT = 5;
  private static final int DUE_AT = 5;
  private static final int INDEXED_NAME_AT = DUE_AT + Long.BYTES;
  private static final byte ESCAPED_ZERO = (byte) 0xFF;

  private ShardKeys() {}

  static byte[] dropped(int namespaceId) {
    return ByteBuffer.allocate(6).put(DROPPED_PREFIX).putInt(namespaceId).array();
  }

  static byte[] expiryMark(int namespaceId) {
    return ByteBuffer.allocate(6).put(META).put((byte) 'e').putInt(namespaceId).array();
  }

  static byte[] rules(int namespaceId) {
    return ByteBuffer.allocate(6).put(RULES_PREFIX).putInt(namespaceId).array();
  }

  static byte[] writer(WriterId writer) {
    return ByteBuffer.allocate(18)
        .put(WRITERS_PREFIX)
        .putLong(writer.high())
        .putLong(writer.low())
        .array();
  }

  static byte[] outcome(WriterId writer, long sequence) {
    return ByteBuffer.allocate(26)
        .put(OUTCOMES_PREFIX)
        .putLong(writer.high())
        .putLong(writer.low())
        .putLong(sequence)
        .array();
  }

  static byte[] deadLetter(long offset) {
    return ByteBuffer.allocate(9).put(DEAD_LETTERS).putLong(offset).array();
  }

  /** The start of everything that a space (10, 11, 12 or 20) holds of a namespace. */
  static byte[] namespace(byte space, int namespaceId) {
    return ByteBuffer.allocate(NAME_AT).put(space).putInt(namespaceId).array();
  }

  /** The key of a record as it is now: the record key from which the others are made. */
  public static byte[] record(int namespaceId, ByteString partitionKey, ByteString sortKey) {
    int partitionLength = partitionKey.size();
    int zeros = 0;
    for (int i = 0; i < partitionLength; i++) {
      if (partitionKey.byteAt(i) == 0) {
        zeros++;
      }
    }
    byte[] key = new byte[NAME_AT + partitionLength + zeros + 2 + sortKey.size()];
    ByteBuffer.wrap(key).put(DATA).putInt(namespaceId);
    int at = NAME_AT;
    if (zeros == 0) {
      partitionKey.copyTo(key, at);
      at += partitionLength;
    } else {
      for (int i = 0; i < partitionLength; i++) {
        byte next = partitionKey.byteAt(i);
        key[at++] = next;
        if (next == 0) {
          key[at++] = ESCAPED_ZERO;
        }
      }
    }
    sortKey.copyTo(key, at + 2);
    return key;
  }

  /** Where a record's older versions or its tombstone stand. */
  static byte[] past(byte[] recordKey) {
    byte[] key = recordKey.clone();
    key[0] = PAST;
    return key;
  }

  /** The record key behind a key of the past. */
  static byte[] recordOfPast(byte[] pastKey) {
    byte[] key = pastKey.clone();
    key[0] = DATA;
    return key;
  }

  /** Where the value of an older version stands. */
  static byte[] olderValue(byte[] recordKey, long version) {
    byte[] key = Arrays.copyOf(recordKey, recordKey.length + Long.BYTES);
    key[0] = OLDER_VALUES;
    ByteBuffer.wrap(key).putLong(recordKey.length, version);
    return key;
  }

  /** A record's entry in the expiry index. */
  static byte[] expiry(byte[] recordKey, long dueMillis) {
    int nameLength = recordKey.length - NAME_AT;
    return ByteBuffer.allocate(INDEXED_NAME_AT + nameLength)
        .put(EXPIRY)
        .put(recordKey, 1, Integer.BYTES)
        .putLong(dueMillis)
        .put(recordKey, NAME_AT, nameLength)
        .array();
  }

  /** The start of a namespace's index entries that are due at a moment or later. */
  static byte[] expiryFrom(int namespaceId, long dueMillis) {
    return ByteBuffer.allocate(INDEXED_NAME_AT)
        .put(EXPIRY)
        .putInt(namespaceId)
        .putLong(dueMillis)
        .array();
  }

  static long dueOf(byte[] expiryKey) {
    return ByteBuffer.wrap(expiryKey).getLong(DUE_AT);
  }

  static byte[] recordOfExpiry(byte[] expiryKey) {
    int nameLength = expiryKey.length - INDEXED_NAME_AT;
    return ByteBuffer.allocate(NAME_AT + nameLength)
        .put(DATA)
        .put(expiryKey, 1, Integer.BYTES)
        .put(expiryKey, INDEXED_NAME_AT, nameLength)
        .array();
  }

  static int namespaceOf(byte[] recordKey) {
    return ByteBuffer.wrap(recordKey).getInt(1);
  }

  /** The two parts of a record's name. */
  public static RecordKey nameOf(byte[] recordKey) {
    int end = NAME_AT;
    int zeros = 0;
    while (recordKey[end] != 0 || recordKey[end + 1] == ESCAPED_ZERO) {
      if (recordKey[end] == 0) {
        zeros++;
        end++;
      }
      end++;
    }
    int sortKeyAt = end + 2;
    ByteString sortKey = ByteString.copyFrom(recordKey, sortKeyAt, recordKey.length - sortKeyAt);
    if (zeros == 0) {
      return new RecordKey(ByteString.copyFrom(recordKey, NAME_AT, end - NAME_AT), sortKey);
    }
    byte[] partitionKey = new byte[end - NAME_AT - zeros];
    int at = NAME_AT;
    for (int i = 0; i < partitionKey.length; i++) {
      partitionKey[i] = recordKey[at];
      at += recordKey[at] == 0 ? 2 : 1;
    }
    return new RecordKey(ByteString.copyFrom(partitionKey), sortKey);
  }

  /** The first key after a key. */
  static byte[] after(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }

  /**
   * The first key after all keys that start with a prefix; the prefix must hold a byte other than
   * 0xFF.
   */
  static byte[] endOf(byte[] prefix) {
    int last = prefix.length - 1;
    while (prefix[last] == (byte) 0xFF) {
      last--;
    }
    byte[] end = Arrays.copyOf(prefix, last + 1);
    end[last]++;
    return end;
  }
}
