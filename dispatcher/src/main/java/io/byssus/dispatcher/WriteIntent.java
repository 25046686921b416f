package io.byssus.dispatcher;

import com.google.protobuf.ByteString;
import io.byssus.proto.kv.v1.Acknowledgement;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.WriteBatchRequest;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.log.v1.Delete;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;

/**
 * What a caller wants written, whichever method it came by.
 *
 * @param namespace the namespace's name
 * @param write the operations as the log takes them
 * @param options how the write is numbered and answered
 */
record WriteIntent(String namespace, Write write, WriteOptions options) {

  static WriteIntent of(PutRequest request) {
    Operation put =
        Operation.newBuilder()
            .setSortKey(request.getKey().getSortKey())
            .setPut(request.getValue())
            .build();
    return single(request.getNamespace(), request.getKey(), put, request.getOptions());
  }

  static WriteIntent of(DeleteRequest request) {
    return single(
        request.getNamespace(),
        request.getKey(),
        delete(request.getKey().getSortKey()),
        request.getOptions());
  }

  static WriteIntent of(WriteBatchRequest request) {
    Write.Builder write = write(request.getPartitionKey(), request.getOptions());
    for (WriteOperation operation : request.getOperationsList()) {
      write.addOperations(
          switch (operation.getActionCase()) {
            case PUT ->
                Operation.newBuilder()
                    .setSortKey(operation.getSortKey())
                    .setPut(operation.getPut())
                    .build();
            case REMOVE -> delete(operation.getSortKey());
            case INCREMENT ->
                Operation.newBuilder()
                    .setSortKey(operation.getSortKey())
                    .setIncrement(operation.getIncrement())
                    .build();
            case ACTION_NOT_SET -> throw new IllegalArgumentException("unchecked request");
          });
    }
    return new WriteIntent(request.getNamespace(), write.build(), request.getOptions());
  }

  /** Whether the answer waits until a replica shows the write. */
  boolean wantsApplied() {
    return wantsApplied(options);
  }

  private static boolean wantsApplied(WriteOptions options) {
    return options.getAcknowledgement() == Acknowledgement.APPLIED;
  }

  private static WriteIntent single(
      String namespace, Key key, Operation operation, WriteOptions options) {
    return new WriteIntent(
        namespace, write(key.getPartitionKey(), options).addOperations(operation).build(), options);
  }

  private static Write.Builder write(ByteString partitionKey, WriteOptions options) {
    return Write.newBuilder().setPartitionKey(partitionKey).setKeepOutcome(wantsApplied(options));
  }

  private static Operation delete(ByteString sortKey) {
    return Operation.newBuilder()
        .setSortKey(sortKey)
        .setDelete(Delete.getDefaultInstance())
        .build();
  }
}
