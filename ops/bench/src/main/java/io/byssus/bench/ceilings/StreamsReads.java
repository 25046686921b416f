package io.byssus.bench.ceilings;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * A service that answers a key by its value, from the state stores of Kafka Streams. It asks the
 * one store in which the key is: that of the partition where Kafka's producer puts the key.
 */
final class StreamsReads implements BindableService {
  private static final String SERVICE = "streams.Reads";

  static final MethodDescriptor<byte[], byte[]> GET =
      BytesCalls.method(SERVICE, "Get", MethodType.UNARY);

  private final List<ReadOnlyKeyValueStore<byte[], byte[]>> stores;

  /**
   * A service of stores.
   *
   * @param stores by partition
   */
  StreamsReads(List<ReadOnlyKeyValueStore<byte[], byte[]>> stores) {
    this.stores = List.copyOf(stores);
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(SERVICE)
        .addMethod(GET, ServerCalls.asyncUnaryCall(this::get))
        .build();
  }

  private void get(byte[] key, StreamObserver<byte[]> caller) {
    byte[] value;
    try {
      value = stores.get(Utils.toPositive(Utils.murmur2(key)) % stores.size()).get(key);
    } catch (RuntimeException e) {
      caller.onError(Status.UNAVAILABLE.withDescription(e.toString()).asException());
      return;
    }
    if (value == null) {
      caller.onError(Status.NOT_FOUND.asException());
    } else {
      caller.onNext(value);
      caller.onCompleted();
    }
  }
}
