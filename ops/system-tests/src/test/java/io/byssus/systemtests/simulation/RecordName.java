package io.byssus.systemtests.simulation;

import com.google.protobuf.ByteString;

/** Names a record of a shard. */
record RecordName(int namespaceId, ByteString partitionKey, ByteString sortKey) {
  @Override
  public String toString() {
    return namespaceId + ":" + partitionKey.toStringUtf8() + "/" + sortKey.toStringUtf8();
  }
}
