package io.byssus.process;

import io.byssus.model.GrpcErrors;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Turns what a handler throws, or gives to {@code onError}, into a status with details; see {@link
 * InternalFaults}. A status that a handler chose itself passes unchanged.
 */
final class ErrorInterceptor implements ServerInterceptor {
  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    var translating = new Translating<>(call);
    try {
      return new Guarded<>(next.startCall(translating, headers), translating);
    } catch (RuntimeException e) {
      translating.fail(e);
      return new ServerCall.Listener<>() {};
    }
  }

  private static final class Translating<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final AtomicBoolean closed = new AtomicBoolean();

    Translating(ServerCall<Q, R> call) {
      super(call);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      // gRPC puts what was given to onError under UNKNOWN, as the cause.
      if (status.getCode() == Status.Code.UNKNOWN && status.getCause() != null) {
        fail(status.getCause());
      } else if (closed.compareAndSet(false, true)) {
        super.close(status, trailers);
      }
    }

    void fail(Throwable raw) {
      Throwable failure = InternalFaults.unwrap(raw);
      if (failure instanceof StatusRuntimeException chosen) {
        closeOnce(chosen.getStatus(), chosen.getTrailers());
      } else if (failure instanceof StatusException chosen) {
        closeOnce(chosen.getStatus(), chosen.getTrailers());
      } else if (isCancelled()) {
        // Nobody listens any more, and what fails because of that is nobody's fault.
        closeOnce(Status.CANCELLED.withDescription("the caller has gone"), null);
      } else {
        var told = InternalFaults.tell(failure, getMethodDescriptor().getFullMethodName());
        var translated = GrpcErrors.toGrpc(told);
        closeOnce(translated.getStatus(), translated.getTrailers());
      }
    }

    private void closeOnce(Status status, Metadata trailers) {
      if (closed.compareAndSet(false, true)) {
        super.close(status, trailers == null ? new Metadata() : trailers);
      }
    }
  }

  private static final class Guarded<Q> extends SimpleForwardingServerCallListener<Q> {
    private final Translating<Q, ?> call;

    Guarded(ServerCall.Listener<Q> listener, Translating<Q, ?> call) {
      super(listener);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      guard(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      guard(super::onHalfClose);
    }

    @Override
    public void onCancel() {
      guard(super::onCancel);
    }

    @Override
    public void onComplete() {
      guard(super::onComplete);
    }

    @Override
    public void onReady() {
      guard(super::onReady);
    }

    private void guard(Runnable callback) {
      try {
        callback.run();
      } catch (RuntimeException e) {
        call.fail(e);
      }
    }
  }
}
