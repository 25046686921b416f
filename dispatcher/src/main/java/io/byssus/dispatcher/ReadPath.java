package io.byssus.dispatcher;

import com.google.protobuf.ByteString;
import io.byssus.clustermap.ClusterImage;
import io.byssus.clustermap.replicas.ReplicaSearch;
import io.byssus.clustermap.replicas.ServerChannels;
import io.byssus.clustermap.replicas.ShardRouter;
import io.byssus.clustermap.scans.PageTokens;
import io.byssus.clustermap.scans.ScanSelection;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Position;
import io.byssus.model.ShardHash;
import io.byssus.proto.internal.v1.AwaitAppliedRequest;
import io.byssus.proto.internal.v1.AwaitAppliedResponse;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.PageToken;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.MultiGetRequest;
import io.byssus.proto.kv.v1.MultiGetResponse;
import io.byssus.proto.kv.v1.ReadOptions;
import io.byssus.proto.kv.v1.ResolveRequest;
import io.byssus.proto.kv.v1.ResolveResponse;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanResponse;
import io.byssus.proto.log.v1.WriterStamp;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The way of a read: find the namespace, the shard and the position that must be seen, and ask the
 * shard's replicas until one answers.
 */
final class ReadPath {
  private final Supplier<ClusterImage> map;
  private final NamespaceResolver namespaces;
  private final ShardRouter router;
  private final ServerChannels channels;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService timer;
  private final DispatcherMetrics metrics;

  ReadPath(
      Supplier<ClusterImage> map,
      NamespaceResolver namespaces,
      ShardRouter router,
      ServerChannels channels,
      Clock clock,
      LongSupplier nanoTime,
      ScheduledExecutorService timer,
      DispatcherMetrics metrics) {
    this.map = map;
    this.namespaces = namespaces;
    this.router = router;
    this.channels = channels;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.timer = timer;
    this.metrics = metrics;
  }

  CompletableFuture<ResolveResponse> resolve(ResolveRequest request, CallDeadline deadline) {
    return namespaces
        .resolve(request.getNamespace(), deadline)
        .thenApply(
            namespace ->
                ResolveResponse.newBuilder()
                    .setNamespaceId(namespace.getRules().getNamespaceId())
                    .setShardCount(shardCount())
                    .setDispatcherTimeMs(clock.millis())
                    .build());
  }

  CompletableFuture<GetResponse> get(GetRequest request, CallDeadline deadline) {
    Context context = Context.current();
    return namespaces
        .resolve(request.getNamespace(), deadline)
        .thenCompose(namespace -> call(context, () -> get(request, namespace, deadline)));
  }

  private CompletableFuture<GetResponse> get(
      GetRequest request, NamespaceEntry namespace, CallDeadline deadline) {
    int namespaceId = namespace.getRules().getNamespaceId();
    int shard = shardOf(namespaceId, request.getKey().getPartitionKey());
    long atLeast = atLeast(shard, request.getOptions());
    ShardGetRequest question =
        ShardGetRequest.newBuilder()
            .setView(ShardView.newBuilder().setShard(shard).setAtLeast(atLeast))
            .setNamespaceId(namespaceId)
            .setKey(request.getKey())
            .build();
    return ReplicaCall.start(
        search(shard, atLeast),
        deadline,
        timer,
        (replica, timeout) ->
            channels.ask(replica, ShardServiceGrpc.getGetMethod(), question, timeout));
  }

  CompletableFuture<MultiGetResponse> multiGet(MultiGetRequest request, CallDeadline deadline) {
    Context context = Context.current();
    return namespaces
        .resolve(request.getNamespace(), deadline)
        .thenCompose(
            namespace ->
                call(
                    context,
                    () ->
                        MultiGetCall.start(
                            this,
                            channels,
                            timer,
                            namespace.getRules().getNamespaceId(),
                            request,
                            deadline)));
  }

  /** Scans into a caller's stream, which this must be called on the way of setting up. */
  void scan(ScanRequest request, ServerCallStreamObserver<ScanResponse> reader) {
    Context context = Context.current();
    CallDeadline resolving = CallDeadline.of(context, nanoTime);
    ScanRelay relay = new ScanRelay(this, channels, timer, nanoTime, reader);
    namespaces
        .resolve(request.getNamespace(), resolving)
        .thenAccept(namespace -> context.run(() -> relay.start(plan(request, namespace))))
        .exceptionally(
            failure -> {
              relay.fail(failure);
              return null;
            });
  }

  private ScanRelay.Plan plan(ScanRequest request, NamespaceEntry namespace) {
    int namespaceId = namespace.getRules().getNamespaceId();
    ScanSelection selection = ScanSelection.of(request);
    long scanHash = PageTokens.scanHash(namespaceId, request.getPartitionKey(), selection);
    int shard = shardOf(namespaceId, request.getPartitionKey());
    long atLeast = atLeast(shard, request.getOptions());
    ByteString start = selection.start();
    boolean afterStart = false;
    if (!request.getPageToken().isEmpty()) {
      PageToken token =
          PageTokens.decode(request.getPageToken())
              .filter(decoded -> decoded.getScanHash() == scanHash)
              .orElseThrow(
                  () ->
                      ByssusException.invalid(
                          "page_token",
                          "is of another scan: namespace, partition key and selection must be"
                              + " those of the scan that answered it"));
      atLeast = later(atLeast, notLost(shard, token.getPosition()));
      start = token.getLastSortKey();
      afterStart = true;
    }
    return new ScanRelay.Plan(
        namespaceId,
        shard,
        request.getPartitionKey(),
        start,
        afterStart,
        selection.end(),
        request.getLimit(),
        atLeast,
        scanHash);
  }

  /** Asks replicas what became of a write; they answer once they have applied its position. */
  CompletableFuture<AwaitAppliedResponse> awaitApplied(
      int shard, long position, WriterStamp stamp, CallDeadline deadline) {
    AwaitAppliedRequest question =
        AwaitAppliedRequest.newBuilder()
            .setView(ShardView.newBuilder().setShard(shard).setAtLeast(position))
            .setStamp(Stamps.toCaller(stamp))
            .build();
    return ReplicaCall.start(
        search(shard, position),
        deadline,
        timer,
        (replica, timeout) ->
            channels.ask(replica, ShardServiceGrpc.getAwaitAppliedMethod(), question, timeout));
  }

  /** A way through the replicas of a shard. */
  ReplicaSearch search(int shard, long atLeast) {
    return new ReplicaSearch(router, shard, atLeast, metrics::retried);
  }

  /** The shard of a partition key. */
  int shardOf(int namespaceId, ByteString partitionKey) {
    return ShardHash.shard(namespaceId, partitionKey.toByteArray(), shardCount());
  }

  /**
   * The position that a read of a shard must see; 0: none.
   *
   * @throws ByssusException SESSION_LOST where the token is of an older incarnation
   */
  long atLeast(int shard, ReadOptions options) {
    return options.getConsistency() == Consistency.SESSION
        ? notLost(shard, options.getSessionTokenOrDefault(shard, Position.NONE))
        : Position.NONE;
  }

  /** The later of two positions of one shard. */
  static long later(long a, long b) {
    return Long.compareUnsigned(a, b) >= 0 ? a : b;
  }

  /**
   * A position that a token names. One of an older incarnation than the shard's means nothing any
   * more. One of a newer is no fault of the caller: this dispatcher's map is behind, and a replica
   * will know.
   */
  private long notLost(int shard, long position) {
    int incarnation =
        map.get().shard(shard).map(ShardAssignment::getIncarnation).orElseThrow(this::notReady);
    if (position != Position.NONE && Position.incarnation(position) < incarnation) {
      throw new ByssusException(
          ErrorCode.SESSION_LOST,
          "the token is of incarnation "
              + Position.incarnation(position)
              + " of the log of shard "
              + shard
              + ", which is now in incarnation "
              + incarnation);
    }
    return position;
  }

  private int shardCount() {
    return map.get().cluster().orElseThrow(this::notReady).getShardCount();
  }

  private ByssusException notReady() {
    return new ByssusException(
        ErrorCode.CLUSTER_NOT_READY, "the cluster is not initialised, or has no shards placed yet");
  }

  private static <T> CompletableFuture<T> call(
      Context context, Supplier<CompletableFuture<T>> read) {
    Context before = context.attach();
    try {
      return read.get();
    } finally {
      context.detach(before);
    }
  }
}
