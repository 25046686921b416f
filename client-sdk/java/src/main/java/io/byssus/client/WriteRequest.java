package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.WriteBatchRequest;
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
 * @param method the RPC
 * @param message the RPC's message under a stamp
 */
record WriteRequest<Q>(
    String namespace,
    ByteString partitionKey,
    List<Key> records,
    int bytes,
    MethodDescriptor<Q, WriteResponse> method,
    Function<WriteOptions, Q> message) {

  /**
   * @throws InvalidRequestException where it is past a limit
   */
  static WriteRequest<PutRequest> put(String namespace, Key key, ByteString value) {
    RequestChecks.put(key, value);
    return new WriteRequest<>(
        namespace,
        key.partition(),
        List.of(key),
        key.partition().size() + key.sort().size() + value.size(),
        KvServiceGrpc.getPutMethod(),
        options ->
            PutRequest.newBuilder()
                .setNamespace(namespace)
                .setKey(toProto(key))
                .setValue(value)
                .setOptions(options)
                .build());
  }

  /**
   * @throws InvalidRequestException where it is past a limit
   */
  static WriteRequest<DeleteRequest> delete(String namespace, Key key) {
    RequestChecks.key(key);
    return new WriteRequest<>(
        namespace,
        key.partition(),
        List.of(key),
        key.partition().size() + key.sort().size(),
        KvServiceGrpc.getDeleteMethod(),
        options ->
            DeleteRequest.newBuilder()
                .setNamespace(namespace)
                .setKey(toProto(key))
                .setOptions(options)
                .build());
  }

  /**
   * @throws InvalidRequestException where it is past a limit
   */
  static WriteRequest<WriteBatchRequest> batch(String namespace, WriteBatch batch) {
    RequestChecks.batch(batch);
    ByteString partitionKey = batch.partitionKey();
    List<Key> records =
        batch.operations().stream().map(o -> Key.of(partitionKey, o.getSortKey())).toList();
    int bytes =
        batch.operations().stream()
            .mapToInt(o -> o.getSortKey().size() + o.getPut().size())
            .reduce(partitionKey.size(), Integer::sum);
    return new WriteRequest<>(
        namespace,
        partitionKey,
        records,
        bytes,
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
