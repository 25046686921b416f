package io.byssus.systemtests.faults;

import com.google.protobuf.ByteString;
import io.byssus.client.Key;

/**
 * A record of the test, in the journal's words.
 *
 * @param partition the partition key
 * @param sort the sort key
 */
record RecordName(String partition, String sort) {
  static RecordName of(ByteString partition, ByteString sort) {
    return new RecordName(partition.toStringUtf8(), sort.toStringUtf8());
  }

  Key key() {
    return Key.of(partition, sort);
  }

  io.byssus.proto.kv.v1.Key toProto() {
    return io.byssus.proto.kv.v1.Key.newBuilder()
        .setPartitionKey(ByteString.copyFromUtf8(partition))
        .setSortKey(ByteString.copyFromUtf8(sort))
        .build();
  }

  @Override
  public String toString() {
    return partition + "/" + sort;
  }
}
