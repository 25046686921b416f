package io.byssus.dispatcher;

import io.byssus.clustermap.WatchHub;
import io.byssus.proto.internal.v1.ControlPlaneServiceGrpc.ControlPlaneServiceImplBase;
import io.byssus.proto.internal.v1.WatchRequest;
import io.byssus.proto.internal.v1.WatchResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/**
 * The cluster map, for clients that go to the servers themselves: the watch of the control plane's
 * service, and nothing else of it. The calls by which nodes become part of the cluster are
 * UNIMPLEMENTED here: they are the control plane's own.
 */
final class MapService extends ControlPlaneServiceImplBase {
  private final WatchHub watches;

  MapService(WatchHub watches) {
    this.watches = watches;
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<WatchResponse> caller) {
    watches.watch(request, (ServerCallStreamObserver<WatchResponse>) caller);
  }
}
