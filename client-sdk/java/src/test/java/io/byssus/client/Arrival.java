package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriterStamp;
import java.util.List;

/**
 * A write as it reached a dispatcher.
 *
 * @param dispatcher which one: 0, 1, …
 * @param requestId of the call
 * @param namespace the namespace's name
 * @param partitionKey of every record
 * @param operations what it does
 * @param options stamp, acknowledgement, namespace id
 */
record Arrival(
    int dispatcher,
    String requestId,
    String namespace,
    ByteString partitionKey,
    List<WriteOperation> operations,
    WriteOptions options) {
  WriterStamp stamp() {
    return options.getStamp();
  }

  String text() {
    return operations.get(0).getPut().toStringUtf8();
  }
}
