package io.byssus.dispatcher;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.MethodDescriptor;

/**
 * Lets a call end in one way only where its context ends while it is being made. Between a call's
 * start and its only message, gRPC cancels the call and tells its listener why, and then throws an
 * IllegalStateException at whoever sends the message, as if that were a fault of ours. The listener
 * has the truth: the deadline has passed, or the caller has gone.
 */
final class ContextEndTolerance implements ClientInterceptor {

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    return new Tolerant<>(next.newCall(method, options), Context.current());
  }

  private static final class Tolerant<Q, R> extends SimpleForwardingClientCall<Q, R> {
    private final Context context;

    Tolerant(ClientCall<Q, R> call, Context context) {
      super(call);
      this.context = context;
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
        if (!context.isCancelled()) {
          throw e;
        }
      }
    }
  }
}
