package io.byssus.server;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.internal.v1.AwaitAppliedRequest;
import io.byssus.proto.internal.v1.AwaitAppliedResponse;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.DumpReplicaRequest;
import io.byssus.proto.internal.v1.DumpReplicaResponse;
import io.byssus.proto.internal.v1.NamespaceSizesRequest;
import io.byssus.proto.internal.v1.NamespaceSizesResponse;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardGetStreamRequest;
import io.byssus.proto.internal.v1.ShardGetStreamResponse;
import io.byssus.proto.internal.v1.ShardListVersionsRequest;
import io.byssus.proto.internal.v1.ShardListVersionsResponse;
import io.byssus.proto.internal.v1.ShardMultiGetRequest;
import io.byssus.proto.internal.v1.ShardMultiGetResponse;
import io.byssus.proto.internal.v1.ShardScanNamespaceRequest;
import io.byssus.proto.internal.v1.ShardScanNamespaceResponse;
import io.byssus.proto.internal.v1.ShardScanRequest;
import io.byssus.proto.internal.v1.ShardScanResponse;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.internal.v1.WatchReplicasRequest;
import io.byssus.proto.internal.v1.WatchReplicasResponse;
import io.byssus.proto.kv.v1.GetResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Answers reads of this server's replicas: checks the call, waits until the replica is as the read
 * wants it, reads, tells what the answer is worth.
 */
final class ReadService extends ShardServiceGrpc.ShardServiceImplBase {
  private final Supplier<ClusterImage> map;
  private final ReplicaHost host;
  private final NamespaceGate namespaces;
  private final ReadViews views;
  private final PointReads points;
  private final GetStreams gets;
  private final Supplier<? extends Executor> eventLoop;
  private final ReplicaFeed feed;
  private final Executor streams;

  /**
   * The service.
   *
   * @param gets what streamed reads of single records have in common
   * @param eventLoop tells the event loop that the asking thread is
   * @param streams where streams of records are read
   */
  ReadService(
      Supplier<ClusterImage> map,
      ReplicaHost host,
      NamespaceGate namespaces,
      ReadViews views,
      GetStreams gets,
      Supplier<? extends Executor> eventLoop,
      ReplicaFeed feed,
      Executor streams) {
    this.map = map;
    this.host = host;
    this.namespaces = namespaces;
    this.views = views;
    this.points = new PointReads(this::shardCount, host, namespaces, views);
    this.gets = gets;
    this.eventLoop = eventLoop;
    this.feed = feed;
    this.streams = streams;
  }

  /** Runs on gRPC's event loop. */
  @Override
  public void get(ShardGetRequest request, StreamObserver<GetResponse> caller) {
    answer(points.read(request, eventLoop.get()), caller);
  }

  /** Runs on gRPC's event loop. */
  @Override
  public StreamObserver<ShardGetStreamRequest> getStream(
      StreamObserver<ShardGetStreamResponse> caller) {
    return new GetStream(
        points, gets, eventLoop.get(), (ServerCallStreamObserver<ShardGetStreamResponse>) caller);
  }

  @Override
  public void multiGet(ShardMultiGetRequest request, StreamObserver<ShardMultiGetResponse> caller) {
    ShardChecks.check(request, shardCount());
    answer(
        namespaces
            .pass(request.getNamespaceId())
            .thenCompose(known -> new MultiRead(host::replica, views, request).run()),
        caller);
  }

  @Override
  public void listVersions(
      ShardListVersionsRequest request, StreamObserver<ShardListVersionsResponse> caller) {
    Replica replica = host.replica(request.getView().getShard());
    ShardChecks.check(request, shardCount());
    answer(
        namespaces
            .pass(request.getNamespaceId())
            .thenCompose(
                known ->
                    views.read(
                        replica, request.getView(), sight -> RecordReads.versions(sight, request))),
        caller);
  }

  @Override
  public void scan(ShardScanRequest request, StreamObserver<ShardScanResponse> caller) {
    Replica replica = host.replica(request.getView().getShard());
    ShardChecks.check(request, shardCount());
    stream(replica, request.getView(), request.getNamespaceId(), new SortKeyWalk(request), caller);
  }

  @Override
  public void scanNamespace(
      ShardScanNamespaceRequest request, StreamObserver<ShardScanNamespaceResponse> caller) {
    Replica replica = host.replica(request.getView().getShard());
    ShardChecks.check(request, shardCount());
    stream(
        replica, request.getView(), request.getNamespaceId(), new NamespaceWalk(request), caller);
  }

  private <T> void stream(
      Replica replica,
      ShardView view,
      int namespaceId,
      RecordWalk<T> walk,
      StreamObserver<T> caller) {
    RecordStream<T> stream =
        new RecordStream<>(
            replica, view, views, walk, (ServerCallStreamObserver<T>) caller, streams);
    orError(namespaces.pass(namespaceId).thenRun(stream::start), caller);
  }

  @Override
  public void namespaceSizes(
      NamespaceSizesRequest request, StreamObserver<NamespaceSizesResponse> caller) {
    ShardChecks.check(request);
    answer(CompletableFuture.completedFuture(RecordReads.sizes(host, request)), caller);
  }

  @Override
  public void awaitApplied(
      AwaitAppliedRequest request, StreamObserver<AwaitAppliedResponse> caller) {
    Replica replica = host.replica(request.getView().getShard());
    ShardChecks.check(request);
    answer(
        views.read(replica, request.getView(), sight -> RecordReads.outcomes(sight, request)),
        caller);
  }

  @Override
  public void dumpReplica(DumpReplicaRequest request, StreamObserver<DumpReplicaResponse> caller) {
    Replica replica = host.replica(request.getView().getShard());
    DumpStream stream =
        new DumpStream(replica, (ServerCallStreamObserver<DumpReplicaResponse>) caller);
    orError(views.await(replica, request.getView()).thenRun(stream::start), caller);
  }

  @Override
  public void watchReplicas(
      WatchReplicasRequest request, StreamObserver<WatchReplicasResponse> caller) {
    feed.add((ServerCallStreamObserver<WatchReplicasResponse>) caller);
  }

  /** Replicas are held by a map that tells the count: where none does, none is held. */
  private int shardCount() {
    return map.get().cluster().map(Cluster::getShardCount).orElse(1);
  }

  private static <T> void answer(CompletableFuture<T> answer, StreamObserver<T> caller) {
    orError(
        answer.thenAccept(
            whole -> {
              caller.onNext(whole);
              caller.onCompleted();
            }),
        caller);
  }

  private static void orError(CompletableFuture<Void> done, StreamObserver<?> caller) {
    done.exceptionally(
        failure -> {
          caller.onError(toGrpc(failure));
          return null;
        });
  }

  /**
   * The gRPC form of a {@link ByssusException}; anything else as it is, for the process to log and
   * translate.
   */
  static Throwable toGrpc(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof ByssusException error ? GrpcErrors.toGrpc(error) : cause;
  }
}
