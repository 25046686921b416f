package io.byssus.clustermap.replicas;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.MethodDescriptor;

/**
 * Lets a call end in one way only where it ends while it is being made: its listener is told. Else
 * gRPC throws an IllegalStateException at whoever sends the message of a call that was cancelled
 * before, as if that were a fault of ours. It happens in two ways. The context ends between the
 * call's start and its message; then gRPC cancels. Or there is no connection, which the listener is
 * told on this very thread before the start returns; then the listener, who is done with the call,
 * cancels.
 */
final class EarlyEndTolerance implements ClientInterceptor {

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    return new Tolerant<>(next.newCall(method, options), Context.current());
  }

  private static final class Tolerant<Q, R> extends SimpleForwardingClientCall<Q, R> {
    private final Context context;
    private volatile boolean cancelled;

    Tolerant(ClientCall<Q, R> call, Context context) {
      super(call);
      this.context = context;
    }

    @Override
    public void cancel(String message, Throwable cause) {
      cancelled = true;
      super.cancel(message, cause);
    }

    @Override
    public void sendMessage(Q message) {
      unlessEnded(() -> super.sendMessage(message));
    }

    @Override
    public void halfClose() {
      unlessEnded(super::halfClose);
    }

    private void unlessEnded(Runnable step) {
      try {
        step.run();
      } catch (IllegalStateException e) {
        if (!cancelled && !context.isCancelled()) {
          throw e;
        }
      }
    }
  }
}
