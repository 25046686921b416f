package io.byssus.bench.ceilings;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

/** A service that answers what it was asked. */
final class Echo implements BindableService {
  private static final String SERVICE = "echo.Echo";

  static final MethodDescriptor<byte[], byte[]> UNARY =
      BytesCalls.method(SERVICE, "Unary", MethodType.UNARY);
  static final MethodDescriptor<byte[], byte[]> STREAM =
      BytesCalls.method(SERVICE, "Stream", MethodType.BIDI_STREAMING);

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(SERVICE)
        .addMethod(
            UNARY,
            ServerCalls.asyncUnaryCall(
                (message, answers) -> {
                  answers.onNext(message);
                  answers.onCompleted();
                }))
        .addMethod(STREAM, ServerCalls.asyncBidiStreamingCall(Echo::stream))
        .build();
  }

  private static StreamObserver<byte[]> stream(StreamObserver<byte[]> answers) {
    return new StreamObserver<>() {
      @Override
      public void onNext(byte[] message) {
        answers.onNext(message);
      }

      @Override
      public void onError(Throwable failure) {
        // The caller has gone.
      }

      @Override
      public void onCompleted() {
        answers.onCompleted();
      }
    };
  }
}
