package io.byssus.dispatcher.reads;

import com.google.protobuf.ByteString;
import io.byssus.clustermap.ClusterImage;
import io.byssus.clustermap.replicas.ReadLevel;
import io.byssus.clustermap.replicas.ServerCalls;
import io.byssus.clustermap.replicas.ServerChannels;
import io.byssus.clustermap.replicas.ShardRouter;
import io.byssus.clustermap.scans.PageTokens;
import io.byssus.clustermap.scans.ScanSelection;
import io.byssus.dispatcher.calls.CallDeadline;
import io.byssus.dispatcher.calls.DispatcherMetrics;
import io.byssus.dispatcher.calls.NamespaceResolver;
import io.byssus.dispatcher.calls.TestHooks;
import io.byssus.model.ByssusException;
import io.byssus.proto.internal.v1.AwaitAppliedResponse;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.PageToken;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.ListVersionsRequest;
import io.byssus.proto.kv.v1.ListVersionsResponse;
import io.byssus.proto.kv.v1.MultiGetRequest;
import io.byssus.proto.kv.v1.MultiGetResponse;
import io.byssus.proto.kv.v1.ReadOptions;
import io.byssus.proto.kv.v1.ResolveRequest;
import io.byssus.proto.kv.v1.ResolveResponse;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanResponse;
import io.byssus.proto.kv.v1.ScanShardRequest;
import io.byssus.proto.kv.v1.ScanShardResponse;
import io.byssus.proto.log.v1.WriterStamp;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The way of a read: find the namespace, the level, the shard and the position that must be seen,
 * and ask the shard's replicas until one answers. Reads of single records may be answered by what
 * others asked; see {@link SharedReads}.
 */
public final class ReadPath {
  /**
   * What surrounds a dispatcher's reads.
   *
   * @param map the newest map
   * @param router says which replicas are asked, and in what order
   * @param servers asks a server a question of one answer
   * @param channels leads to the servers, for scans and for reads of many keys
   * @param timer fires pauses and deadlines; its tasks do not block
   * @param nanoTime measures how long a read is under way
   * @param clock the dispatcher's clock, which callers are told
   * @param hotBytes how much the answers may hold that are remembered
   */
  public record Surroundings(
      NamespaceResolver namespaces,
      Supplier<ClusterImage> map,
      ShardRouter router,
      ServerCalls servers,
      ServerChannels channels,
      ScheduledExecutorService timer,
      LongSupplier nanoTime,
      Clock clock,
      DispatcherMetrics metrics,
      long hotBytes,
      TestHooks hooks) {}

  private final NamespaceResolver namespaces;
  private final ShardLocator shards;
  private final ReplicaReads replicas;
  private final SharedReads shared;
  private final HotRecords hot;
  private final ServerChannels channels;
  private final ReplicaCall.Tools tools;
  private final Clock clock;

  /** The way of reads amid what surrounds them. */
  public ReadPath(Surroundings around) {
    this.namespaces = around.namespaces();
    this.shards = new ShardLocator(around.map());
    this.channels = around.channels();
    this.clock = around.clock();
    this.tools = new ReplicaCall.Tools(around.timer(), around.nanoTime(), around.metrics());
    this.replicas = new ReplicaReads(around.router(), around.servers(), tools);
    this.hot =
        new HotRecords(
            around.hotBytes(),
            around.nanoTime(),
            around.clock(),
            around.hooks().cacheLinearizable());
    this.shared = new SharedReads(replicas::get, tools, hot);
    tools.metrics().gauge("byssus.dispatcher.answers.held", hot, HotRecords::size);
    tools.metrics().gauge("byssus.dispatcher.reads.under.way", shared, SharedReads::underWay);
  }

  /** Tells what a namespace is known by here. */
  public CompletableFuture<ResolveResponse> resolve(ResolveRequest request, CallDeadline deadline) {
    return namespaces
        .resolve(request.getNamespace(), deadline)
        .thenApply(
            namespace ->
                ResolveResponse.newBuilder()
                    .setNamespaceId(namespace.getRules().getNamespaceId())
                    .setShardCount(shards.count())
                    .setDispatcherTimeMs(clock.millis())
                    .build());
  }

  /** Reads a record. */
  public CompletableFuture<GetResponse> get(GetRequest request, CallDeadline deadline) {
    return in(request.getNamespace(), deadline, namespace -> get(request, namespace, deadline));
  }

  private CompletableFuture<GetResponse> get(
      GetRequest request, NamespaceEntry namespace, CallDeadline deadline) {
    int namespaceId = namespace.getRules().getNamespaceId();
    int shard = shards.of(namespaceId, request.getKey().getPartitionKey());
    ReadLevel level = ReadLevel.of(request.getOptions(), namespace);
    long atLeast = shards.atLeast(shard, level, request.getOptions());
    RecordQuestion question =
        new RecordQuestion(namespaceId, shard, request.getKey(), request.getAtVersion());
    Optional<GetResponse> remembered =
        hot.find(question, level, atLeast, shards.incarnation(shard));
    if (remembered.isPresent()) {
      tools.metrics().remembered();
      return CompletableFuture.completedFuture(remembered.get());
    }
    return shared.get(question, level, atLeast, deadline);
  }

  /** Reads many records, those that cannot be read answered each by an error. */
  public CompletableFuture<MultiGetResponse> multiGet(
      MultiGetRequest request, CallDeadline deadline) {
    return in(
        request.getNamespace(),
        deadline,
        namespace ->
            MultiGetCall.start(
                shards, replicas, channels, tools.timer(), namespace, request, deadline));
  }

  /** Lists a page of the versions of a record. */
  public CompletableFuture<ListVersionsResponse> listVersions(
      ListVersionsRequest request, CallDeadline deadline) {
    return in(
        request.getNamespace(),
        deadline,
        namespace -> {
          VersionList list = plan(request, namespace);
          return replicas
              .listVersions(list.request(), list.level(), deadline)
              .thenApply(list::answer);
        });
  }

  /**
   * Asks the replicas of a shard what became of writes; they answer once they have applied the
   * position.
   */
  public CompletableFuture<AwaitAppliedResponse> awaitApplied(
      int shard, long position, List<WriterStamp> stamps, CallDeadline deadline) {
    return replicas.awaitApplied(shard, position, stamps, deadline);
  }

  private VersionList plan(ListVersionsRequest request, NamespaceEntry namespace) {
    int namespaceId = namespace.getRules().getNamespaceId();
    int shard = shards.of(namespaceId, request.getKey().getPartitionKey());
    ReadLevel level = ReadLevel.of(request.getOptions(), namespace);
    long hash =
        PageTokens.versionsHash(
            namespaceId,
            request.getKey(),
            request.getFromVersion(),
            request.getToVersion(),
            request.getOldestFirst());
    Optional<PageToken> token = token(request.getPageToken(), hash);
    return new VersionList(
        request,
        namespaceId,
        shard,
        level,
        token.map(t -> OptionalLong.of(t.getLastVersion())).orElse(OptionalLong.empty()),
        atLeast(shard, level, request.getOptions(), token),
        hash);
  }

  /** Scans into a caller's stream, which this must be called on the way of setting up. */
  public void scan(ScanRequest request, ServerCallStreamObserver<ScanResponse> reader) {
    scan(request.getNamespace(), namespace -> plan(request, namespace), reader);
  }

  /** As {@link #scan(ScanRequest, ServerCallStreamObserver)}. */
  public void scanShard(
      ScanShardRequest request, ServerCallStreamObserver<ScanShardResponse> reader) {
    scan(request.getNamespace(), namespace -> plan(request, namespace), reader);
  }

  private <Q, P, A> void scan(
      String name,
      Function<NamespaceEntry, ScanPlan<Q, P, A>> plan,
      ServerCallStreamObserver<A> reader) {
    Context context = Context.current();
    CallDeadline resolving = CallDeadline.of(context, tools.nanoTime());
    ScanRelay<Q, P, A> relay =
        new ScanRelay<>(replicas, channels, tools.timer(), tools.nanoTime(), reader);
    namespaces
        .resolve(name, resolving)
        .thenAccept(namespace -> context.run(() -> relay.start(plan.apply(namespace))))
        .exceptionally(
            failure -> {
              relay.fail(failure);
              return null;
            });
  }

  private SortKeyScan plan(ScanRequest request, NamespaceEntry namespace) {
    int namespaceId = namespace.getRules().getNamespaceId();
    int shard = shards.of(namespaceId, request.getPartitionKey());
    ReadLevel level = ReadLevel.of(request.getOptions(), namespace);
    ScanSelection selection = ScanSelection.of(request);
    long hash = PageTokens.scanHash(namespaceId, request.getPartitionKey(), selection);
    Optional<PageToken> token = token(request.getPageToken(), hash);
    return new SortKeyScan(
        namespaceId,
        shard,
        level,
        request.getPartitionKey(),
        selection,
        token.map(PageToken::getLastSortKey),
        ScanPlan.wanted(request.getLimit()),
        atLeast(shard, level, request.getOptions(), token),
        hash);
  }

  private NamespaceScan plan(ScanShardRequest request, NamespaceEntry namespace) {
    int namespaceId = namespace.getRules().getNamespaceId();
    int shard = request.getShard();
    if (Integer.compareUnsigned(shard, shards.count()) >= 0) {
      throw ByssusException.invalid(
          "shard",
          "is "
              + Integer.toUnsignedString(shard)
              + "; 0 to "
              + (shards.count() - 1)
              + " are the cluster's shards");
    }
    ReadLevel level = ReadLevel.of(request.getOptions(), namespace);
    long hash = PageTokens.shardHash(namespaceId, shard);
    Optional<PageToken> token = token(request.getPageToken(), hash);
    return new NamespaceScan(
        namespaceId,
        shard,
        level,
        token.map(
            t ->
                Key.newBuilder()
                    .setPartitionKey(t.getLastPartitionKey())
                    .setSortKey(t.getLastSortKey())
                    .build()),
        ScanPlan.wanted(request.getLimit()),
        atLeast(shard, level, request.getOptions(), token),
        hash);
  }

  /** What a request's page token holds; empty where it has none. */
  private static Optional<PageToken> token(ByteString bytes, long hash) {
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    Optional<PageToken> token =
        PageTokens.decode(bytes).filter(decoded -> decoded.getScanHash() == hash);
    if (token.isEmpty()) {
      throw ByssusException.invalid(
          "page_token",
          "is of another read: call, namespace and selection must be those that answered it");
    }
    return token;
  }

  private long atLeast(int shard, ReadLevel level, ReadOptions options, Optional<PageToken> token) {
    long seen = shards.atLeast(shard, level, options);
    return token
        .map(t -> ShardLocator.later(seen, shards.notLost(shard, t.getPosition())))
        .orElse(seen);
  }

  /** Does something with a namespace, in the caller's context. */
  private <T> CompletableFuture<T> in(
      String name, CallDeadline deadline, Function<NamespaceEntry, CompletableFuture<T>> read) {
    Context context = Context.current();
    return namespaces
        .resolve(name, deadline)
        .thenCompose(
            namespace -> {
              Context before = context.attach();
              try {
                return read.apply(namespace);
              } finally {
                context.detach(before);
              }
            });
  }
}
