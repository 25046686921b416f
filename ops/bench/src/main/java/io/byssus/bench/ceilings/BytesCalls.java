package io.byssus.bench.ceilings;

import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.function.Consumer;

/** Calls of methods whose messages are bytes; callbacks run on gRPC's event loop. */
final class BytesCalls {
  private BytesCalls() {}

  static MethodDescriptor<byte[], byte[]> method(String service, String name, MethodType type) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, name))
        .setRequestMarshaller(new BytesMarshaller())
        .setResponseMarshaller(new BytesMarshaller())
        .build();
  }

  /** One connection to a port on loopback. */
  static ManagedChannel channel(int port) {
    return Grpc.newChannelBuilder("dns:///127.0.0.1:" + port, InsecureChannelCredentials.create())
        .directExecutor()
        .disableRetry()
        .build();
  }

  /** Sends a message; {@code done} is told null when it is answered, else what went wrong. */
  static void unary(
      ManagedChannel channel,
      MethodDescriptor<byte[], byte[]> method,
      byte[] message,
      Consumer<Throwable> done) {
    ClientCalls.asyncUnaryCall(
        channel.newCall(method, CallOptions.DEFAULT),
        message,
        new StreamObserver<>() {
          @Override
          public void onNext(byte[] answer) {
            // Told when the call is complete.
          }

          @Override
          public void onError(Throwable failure) {
            done.accept(failure);
          }

          @Override
          public void onCompleted() {
            done.accept(null);
          }
        });
  }
}
