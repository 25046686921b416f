package io.byssus.client;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;

/**
 * A record's name: a partition key, which picks the shard, and a sort key, which orders the records
 * of one partition key bytewise.
 *
 * <p>The partition key has at least one byte, the sort key may be empty, and together they have at
 * most 4 KiB. A key that breaks these limits can be made; the call that uses it fails with {@link
 * InvalidRequestException}. Strings stand for their UTF-8 bytes. Immutable.
 */
public final class Key implements Comparable<Key> {
  private final ByteString partition;
  private final ByteString sort;

  private Key(ByteString partition, ByteString sort) {
    this.partition = partition;
    this.sort = sort;
  }

  /** The record of this partition key whose sort key is empty. */
  public static Key of(String partitionKey) {
    return new Key(ByteString.copyFromUtf8(partitionKey), ByteString.EMPTY);
  }

  /** The record of these two parts. */
  public static Key of(String partitionKey, String sortKey) {
    return new Key(ByteString.copyFromUtf8(partitionKey), ByteString.copyFromUtf8(sortKey));
  }

  /** The record of these two parts; the sort key is bytes. */
  public static Key of(String partitionKey, byte[] sortKey) {
    return new Key(ByteString.copyFromUtf8(partitionKey), ByteString.copyFrom(sortKey));
  }

  /** The record of this partition key whose sort key is empty. */
  public static Key of(byte[] partitionKey) {
    return new Key(ByteString.copyFrom(partitionKey), ByteString.EMPTY);
  }

  /** The record of these two parts. */
  public static Key of(byte[] partitionKey, byte[] sortKey) {
    return new Key(ByteString.copyFrom(partitionKey), ByteString.copyFrom(sortKey));
  }

  static Key of(ByteString partitionKey, ByteString sortKey) {
    return new Key(partitionKey, sortKey);
  }

  /** A copy of the partition key. */
  public byte[] partitionKey() {
    return partition.toByteArray();
  }

  /** A copy of the sort key. */
  public byte[] sortKey() {
    return sort.toByteArray();
  }

  /** The partition key as UTF-8; bytes that are not UTF-8 become the replacement character. */
  public String partitionKeyUtf8() {
    return partition.toString(StandardCharsets.UTF_8);
  }

  /** The sort key as UTF-8; bytes that are not UTF-8 become the replacement character. */
  public String sortKeyUtf8() {
    return sort.toString(StandardCharsets.UTF_8);
  }

  ByteString partition() {
    return partition;
  }

  ByteString sort() {
    return sort;
  }

  /** Bytewise by partition key, then by sort key: the order in which a scan returns records. */
  @Override
  public int compareTo(Key other) {
    int byPartition =
        ByteString.unsignedLexicographicalComparator().compare(partition, other.partition);
    return byPartition != 0
        ? byPartition
        : ByteString.unsignedLexicographicalComparator().compare(sort, other.sort);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key && partition.equals(key.partition) && sort.equals(key.sort);
  }

  @Override
  public int hashCode() {
    return 31 * partition.hashCode() + sort.hashCode();
  }

  /** Both parts as UTF-8 with a slash between them: for people, not for programs. */
  @Override
  public String toString() {
    return partitionKeyUtf8() + "/" + sortKeyUtf8();
  }
}
