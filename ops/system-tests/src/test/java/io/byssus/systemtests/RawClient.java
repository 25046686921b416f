package io.byssus.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriteResponse;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.function.Executable;

/** A dispatcher's key-value API as it is on the wire: no retries, no checks. */
final class RawClient implements AutoCloseable {
  static final Duration PATIENT = Duration.ofSeconds(10);

  private final ManagedChannel channel;

  /** A client of the dispatcher at host:port. */
  RawClient(String address) {
    this.channel = ManagedChannelBuilder.forTarget("dns:///" + address).usePlaintext().build();
  }

  KvServiceGrpc.KvServiceBlockingStub kv(Duration deadline) {
    return KvServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
  }

  KvServiceGrpc.KvServiceBlockingStub kv() {
    return kv(PATIENT);
  }

  static Key key(String partition, String sort) {
    return Key.newBuilder()
        .setPartitionKey(ByteString.copyFromUtf8(partition))
        .setSortKey(ByteString.copyFromUtf8(sort))
        .build();
  }

  static PutRequest put(String namespace, Key key, String value) {
    return put(namespace, key, value, WriteOptions.getDefaultInstance());
  }

  static PutRequest put(String namespace, Key key, String value, WriteOptions options) {
    return PutRequest.newBuilder()
        .setNamespace(namespace)
        .setKey(key)
        .setValue(ByteString.copyFromUtf8(value))
        .setOptions(options)
        .build();
  }

  WriteResponse put(PutRequest request, Duration deadline) {
    return kv(deadline).put(request);
  }

  GetResponse get(String namespace, Key key) {
    return kv().get(GetRequest.newBuilder().setNamespace(namespace).setKey(key).build());
  }

  /** The failure that a call must end with: the reason, and the gRPC status that goes with it. */
  static ByssusException assertFails(ErrorCode expected, Executable call) {
    StatusRuntimeException failure = assertThrows(StatusRuntimeException.class, call);
    ByssusException error = GrpcErrors.fromGrpc(failure, ErrorCode.INTERNAL_FAULT);
    assertEquals(expected, error.code(), error.getMessage());
    assertEquals(expected.status(), failure.getStatus().getCode());
    return error;
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
