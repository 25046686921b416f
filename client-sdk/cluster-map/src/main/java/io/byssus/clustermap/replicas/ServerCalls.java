package io.byssus.clustermap.replicas;

import io.grpc.MethodDescriptor;
import java.util.concurrent.CompletableFuture;

/** Calls to servers that have one answer. */
public interface ServerCalls {
  /**
   * Makes one call, within the current gRPC context. The future fails with a {@link
   * io.byssus.model.ByssusException}: NO_REPLICA where the server cannot be reached.
   */
  <Q, A> CompletableFuture<A> ask(
      Replica replica, MethodDescriptor<Q, A> method, Q question, long timeoutNanos);
}
