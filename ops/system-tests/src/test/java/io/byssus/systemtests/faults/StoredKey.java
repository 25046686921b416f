package io.byssus.systemtests.faults;

import com.google.protobuf.ByteString;
import io.byssus.proto.internal.v1.DumpedRecord;

/**
 * A record's full name within a shard.
 *
 * @param namespaceId the namespace
 * @param partition the partition key
 * @param sort the sort key
 */
record StoredKey(int namespaceId, ByteString partition, ByteString sort) {
  static StoredKey of(DumpedRecord record) {
    return new StoredKey(
        record.getNamespaceId(), record.getKey().getPartitionKey(), record.getKey().getSortKey());
  }

  @Override
  public String toString() {
    return namespaceId + "/" + partition.toStringUtf8() + "/" + sort.toStringUtf8();
  }
}
