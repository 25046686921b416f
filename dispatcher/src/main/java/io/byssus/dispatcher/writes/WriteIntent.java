package io.byssus.dispatcher.writes;

import io.byssus.proto.kv.v1.Acknowledgement;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.IncrementRequest;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.StreamedWrite;
import io.byssus.proto.kv.v1.WriteBatchRequest;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.log.v1.Delete;
import io.byssus.proto.log.v1.Increment;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import java.util.List;

/**
 * What a caller wants written, whichever method it came by.
 *
 * @param namespace the namespace's name
 * @param write the operations as the log takes them
 * @param batch whether the caller gave a list of operations
 * @param options how the write is numbered and answered
 */
public record WriteIntent(String namespace, Write write, boolean batch, WriteOptions options) {
  /** To have a record put. */
  public static WriteIntent of(PutRequest request) {
    Operation.Builder put =
        Operation.newBuilder().setPut(request.getValue()).setVersion(request.getVersion());
    if (request.hasCondition()) {
      put.setCondition(request.getCondition());
    }
    if (request.hasLifetime()) {
      put.setLifetime(request.getLifetime());
    }
    return single(request.getNamespace(), request.getKey(), put, request.getOptions());
  }

  /** To have a record deleted. */
  public static WriteIntent of(DeleteRequest request) {
    Operation.Builder delete =
        Operation.newBuilder()
            .setDelete(Delete.getDefaultInstance())
            .setVersion(request.getVersion());
    if (request.hasCondition()) {
      delete.setCondition(request.getCondition());
    }
    return single(request.getNamespace(), request.getKey(), delete, request.getOptions());
  }

  /** To have a number increased. */
  public static WriteIntent of(IncrementRequest request) {
    Operation.Builder increment =
        Operation.newBuilder().setIncrement(Increment.newBuilder().setDelta(request.getDelta()));
    if (request.hasCondition()) {
      increment.setCondition(request.getCondition());
    }
    if (request.hasLifetime()) {
      increment.setLifetime(request.getLifetime());
    }
    return single(request.getNamespace(), request.getKey(), increment, request.getOptions());
  }

  /** To have several records of one partition key changed at once. */
  public static WriteIntent of(WriteBatchRequest request) {
    Write.Builder write = Write.newBuilder().setPartitionKey(request.getPartitionKey());
    addOperations(write, request.getOperationsList());
    return new WriteIntent(
        request.getNamespace(),
        finish(write, request.getOptions().getAcknowledgement()),
        true,
        request.getOptions());
  }

  /** A write of a stream, as the log takes it. */
  static Write of(StreamedWrite streamed, Acknowledgement acknowledgement) {
    Write.Builder write = Write.newBuilder().setPartitionKey(streamed.getPartitionKey());
    addOperations(write, streamed.getOperationsList());
    return finish(write, acknowledgement);
  }

  /** Whether the answer waits until a replica tells what became of the write. */
  boolean wantsApplied() {
    return write.getKeepOutcome();
  }

  private static WriteIntent single(
      String namespace, Key key, Operation.Builder operation, WriteOptions options) {
    Write.Builder write =
        Write.newBuilder()
            .setPartitionKey(key.getPartitionKey())
            .addOperations(operation.setSortKey(key.getSortKey()));
    return new WriteIntent(namespace, finish(write, options.getAcknowledgement()), false, options);
  }

  private static void addOperations(Write.Builder write, List<WriteOperation> operations) {
    for (WriteOperation operation : operations) {
      Operation.Builder logged =
          Operation.newBuilder()
              .setSortKey(operation.getSortKey())
              .setVersion(operation.getVersion());
      switch (operation.getActionCase()) {
        case PUT -> logged.setPut(operation.getPut());
        case REMOVE -> logged.setDelete(Delete.getDefaultInstance());
        case INCREMENT -> logged.setIncrement(operation.getIncrement());
        case ACTION_NOT_SET -> throw new IllegalArgumentException("unchecked request");
      }
      if (operation.hasCondition()) {
        logged.setCondition(operation.getCondition());
      }
      if (operation.hasLifetime()) {
        logged.setLifetime(operation.getLifetime());
      }
      // A built message: builders inside a builder cost as much again as the messages.
      write.addOperations(logged.build());
    }
  }

  /** What a condition or an increment comes to is known only when it is applied. */
  private static Write finish(Write.Builder write, Acknowledgement acknowledgement) {
    boolean decided = acknowledgement == Acknowledgement.APPLIED;
    for (int i = 0; i < write.getOperationsCount() && !decided; i++) {
      decided = write.getOperations(i).hasCondition() || write.getOperations(i).hasIncrement();
    }
    return write.setKeepOutcome(decided).build();
  }
}
