package io.byssus.client.direct;

import io.byssus.clustermap.replicas.ServerChannels;
import io.byssus.clustermap.replicas.ShardRouter;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.MultiGetRequest;
import io.byssus.proto.kv.v1.MultiGetResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.util.concurrent.TimeUnit;

/**
 * Looks like the connection to a dispatcher, and asks servers. It has no connection of its own:
 * those to servers belong to {@link ServerChannels}.
 */
final class DirectChannel extends ManagedChannel {
  private final DirectRoutes routes;
  private final ShardRouter router;
  private final ServerChannels servers;

  DirectChannel(DirectRoutes routes, ShardRouter router, ServerChannels servers) {
    this.routes = routes;
    this.router = router;
    this.servers = servers;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
    if (method == (MethodDescriptor<?, ?>) KvServiceGrpc.getMultiGetMethod()) {
      ClientCall<MultiGetRequest, MultiGetResponse> call =
          new DirectMultiGet(routes, router, servers, options);
      return (ClientCall<Q, R>) call;
    }
    if (method == (MethodDescriptor<?, ?>) KvServiceGrpc.getGetMethod()) {
      ClientCall<GetRequest, GetResponse> call = new DirectGet(routes, router, servers, options);
      return (ClientCall<Q, R>) call;
    }
    return new DirectCall<>(
        question -> (DirectRoute<?, ?, R>) routes.route(method, question),
        router,
        servers,
        options);
  }

  @Override
  public String authority() {
    return "servers";
  }

  @Override
  public ConnectivityState getState(boolean requestConnection) {
    return ConnectivityState.READY;
  }

  @Override
  public ManagedChannel shutdown() {
    return this;
  }

  @Override
  public ManagedChannel shutdownNow() {
    return this;
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
