package io.byssus.clustermap;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;

/** Gives every call a deadline, or shortens the one that it has. */
record DeadlineInterceptor(Deadline deadline) implements ClientInterceptor {
  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    Deadline given = options.getDeadline();
    return next.newCall(
        method, options.withDeadline(given == null ? deadline : given.minimum(deadline)));
  }
}
