package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.IncrementRequest;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.WriteBatchRequest;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriteResponse;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.function.Function;

/**
 * What a write asks for, before it has a stamp.
 *
 * @param namespace the namespace's name
 * @param partitionKey of every record of the write
 * @param records the records, none twice
 * @param bytes of keys and values
 * @param hasOutcome whether it has conditions or increments, and so is answered when applied
 * @param method the RPC
 * @param message the RPC's message under a stamp
 */
record WriteRequest<Q>(
    String namespace,
    ByteString partitionKey,
    List<Key> records,
    int bytes,
    boolean hasOutcome,
    MethodDescriptor<Q, WriteResponse> method,
    Function<WriteOptions, Q> message) {

  /**
   * @throws InvalidRequestException where it is past a limit
   */
  static WriteRequest<PutRequest> put(
      String namespace, Key key, ByteString value, OperationOptions asked) {
    WriteOperation operation = Operations.put(key.sort(), value, asked);
    RequestChecks.operation(key, operation);
    return of(
        namespace,
        key,
        operation,
        KvServiceGrpc.getPutMethod(),
        options -> {
          PutRequest.Builder request =
              PutRequest.newBuilder()
                  .setNamespace(namespace)
                  .setKey(toProto(key))
                  .setValue(value)
                  .setVersion(operation.getVersion())
                  .setOptions(options);
          if (operation.hasCondition()) {
            request.setCondition(operation.getCondition());
          }
          if (operation.hasLifetime()) {
            request.setLifetime(operation.getLifetime());
          }
          return request.build();
        });
  }

  /**
   * @throws InvalidRequestException where it is past a limit
   */
  static WriteRequest<DeleteRequest> delete(String namespace, Key key, OperationOptions asked) {
    WriteOperation operation = Operations.delete(key.sort(), asked);
    RequestChecks.operation(key, operation);
    return of(
        namespace,
        key,
        operation,
        KvServiceGrpc.getDeleteMethod(),
        options -> {
          DeleteRequest.Builder request =
              DeleteRequest.newBuilder()
                  .setNamespace(namespace)
                  .setKey(toProto(key))
                  .setVersion(operation.getVersion())
                  .setOptions(options);
          if (operation.hasCondition()) {
            request.setCondition(operation.getCondition());
          }
          return request.build();
        });
  }

  /**
   * @throws InvalidRequestException where it is past a limit
   */
  static WriteRequest<IncrementRequest> increment(
      String namespace, Key key, long delta, OperationOptions asked) {
    WriteOperation operation = Operations.increment(key.sort(), delta, asked);
    RequestChecks.operation(key, operation);
    return of(
        namespace,
        key,
        operation,
        KvServiceGrpc.getIncrementMethod(),
        options -> {
          IncrementRequest.Builder request =
              IncrementRequest.newBuilder()
                  .setNamespace(namespace)
                  .setKey(toProto(key))
                  .setDelta(delta)
                  .setOptions(options);
          if (operation.hasCondition()) {
            request.setCondition(operation.getCondition());
          }
          if (operation.hasLifetime()) {
            request.setLifetime(operation.getLifetime());
          }
          return request.build();
        });
  }

  private static <Q> WriteRequest<Q> of(
      String namespace,
      Key key,
      WriteOperation operation,
      MethodDescriptor<Q, WriteResponse> method,
      Function<WriteOptions, Q> message) {
    return new WriteRequest<>(
        namespace,
        key.partition(),
        List.of(key),
        key.partition().size() + Operations.bytes(operation),
        Operations.hasOutcome(operation),
        method,
        message);
  }

  /**
   * @throws InvalidRequestException where it is past a limit
   */
  static WriteRequest<WriteBatchRequest> batch(
      String namespace, WriteBatch batch, OperationOptions asked) {
    RequestChecks.batch(batch, asked);
    ByteString partitionKey = batch.partitionKey();
    return new WriteRequest<>(
        namespace,
        partitionKey,
        batch.records(),
        batch.bytes(),
        batch.operations().stream().anyMatch(Operations::hasOutcome),
        KvServiceGrpc.getWriteBatchMethod(),
        options ->
            WriteBatchRequest.newBuilder()
                .setNamespace(namespace)
                .setPartitionKey(partitionKey)
                .addAllOperations(batch.operations())
                .setOptions(options)
                .build());
  }

  static io.byssus.proto.kv.v1.Key toProto(Key key) {
    return io.byssus.proto.kv.v1.Key.newBuilder()
        .setPartitionKey(key.partition())
        .setSortKey(key.sort())
        .build();
  }
}
