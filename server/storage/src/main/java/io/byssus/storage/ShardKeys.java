package io.byssus.storage;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Where things stand in a shard's one key space. All numbers are big-endian, so that bytewise order
 * is numeric order.
 *
 * <pre>
 * 00 'h'                                  the header: incarnation, next offset, leader epoch, shard clock
 * 00 'i'                                  the identity: which log the data came from
 * 00 'n' namespace(4)                     a namespace's rules
 * 00 'o' writer(16) sequence(8)           a write's outcome
 * 00 'w' writer(16)                       a writer's window
 * 10 namespace(4) length(2) partition-key sort-key    a record
 * 30 offset(8)                            an undecodable log record on its way to the dead-letter topic
 * </pre>
 *
 * <p>The partition key stands behind its length, so that no partition key's records mix with
 * another's, and a partition key's records lie together in the order of their sort keys. 20 is kept
 * for the expiry index.
 */
final class ShardKeys {
  static final byte META = 0x00;
  static final byte DATA = 0x10;
  static final byte DEAD_LETTERS = 0x30;

  static final byte[] HEADER = {META, 'h'};
  static final byte[] IDENTITY = {META, 'i'};
  static final byte[] RULES_PREFIX = {META, 'n'};
  static final byte[] OUTCOMES_PREFIX = {META, 'o'};
  static final byte[] WRITERS_PREFIX = {META, 'w'};
  static final byte[] DATA_PREFIX = {DATA};
  static final byte[] DEAD_LETTERS_PREFIX = {DEAD_LETTERS};

  private static final int DATA_HEAD = 7;

  private ShardKeys() {}

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

  static byte[] record(int namespaceId, ByteString partitionKey, ByteString sortKey) {
    int partitionLength = partitionKey.size();
    byte[] key = new byte[DATA_HEAD + partitionLength + sortKey.size()];
    ByteBuffer.wrap(key).put(DATA).putInt(namespaceId).putShort((short) partitionLength);
    partitionKey.copyTo(key, DATA_HEAD);
    sortKey.copyTo(key, DATA_HEAD + partitionLength);
    return key;
  }

  static int namespaceOf(byte[] recordKey) {
    return ByteBuffer.wrap(recordKey).getInt(1);
  }

  static ByteString partitionKeyOf(byte[] recordKey) {
    return ByteString.copyFrom(recordKey, DATA_HEAD, partitionLength(recordKey));
  }

  static ByteString sortKeyOf(byte[] recordKey) {
    int at = DATA_HEAD + partitionLength(recordKey);
    return ByteString.copyFrom(recordKey, at, recordKey.length - at);
  }

  private static int partitionLength(byte[] recordKey) {
    return ByteBuffer.wrap(recordKey).getShort(5) & 0xFFFF;
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
