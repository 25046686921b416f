package io.byssus.dispatcher;

import io.byssus.dispatcher.calls.Stamps;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.model.Position;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.internal.v1.AwaitAppliedRequest;
import io.byssus.proto.internal.v1.AwaitAppliedResponse;
import io.byssus.proto.internal.v1.NamespaceSize;
import io.byssus.proto.internal.v1.NamespaceSizesRequest;
import io.byssus.proto.internal.v1.NamespaceSizesResponse;
import io.byssus.proto.internal.v1.OutcomeKind;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardGetStreamRequest;
import io.byssus.proto.internal.v1.ShardGetStreamResponse;
import io.byssus.proto.internal.v1.ShardKeyResults;
import io.byssus.proto.internal.v1.ShardKeys;
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
import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.NamespaceRecord;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.proto.kv.v1.RecordVersion;
import io.byssus.proto.kv.v1.ScanRecord;
import io.byssus.proto.kv.v1.WriterStamp;
import io.byssus.wal.InMemoryWal;
import io.grpc.Context;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server over real gRPC whose state is the log, replayed as far as a test lets it. */
final class FakeServer extends ShardServiceGrpc.ShardServiceImplBase implements AutoCloseable {
  static final int INCARNATION = 1;

  private final String nodeId;
  private final ReplayedLog log;
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final List<ShardScanRequest> scans = new CopyOnWriteArrayList<>();
  private final List<ShardView> views = new CopyOnWriteArrayList<>();
  private final FakeReports reports;
  private final FakeScans scanStreams = new FakeScans(this::isHanging);
  private final HeaderTaker headers =
      new HeaderTaker(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private Server server;
  private int port;
  private volatile Optional<ErrorCode> failure = Optional.empty();
  private final Map<Integer, ErrorCode> shardFailures = new ConcurrentHashMap<>();
  private final AtomicInteger cancelled = new AtomicInteger();
  private volatile Optional<OutcomeKind> outcome = Optional.empty();
  private volatile boolean hanging;
  private volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

  FakeServer(String nodeId, InMemoryWal wal, int shardCount) throws IOException {
    this.nodeId = nodeId;
    this.log = new ReplayedLog(wal);
    this.reports = new FakeReports(shardCount, log, this::isHanging);
    start();
  }

  String nodeId() {
    return nodeId;
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  /** Comes back where it was. */
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
            .executor(threads)
            .maxInboundMessageSize(8 << 20)
            .addService(this)
            .intercept(headers)
            .build()
            .start();
    port = server.getPort();
  }

  /** Dies without a word. */
  void kill() throws InterruptedException {
    server.shutdownNow();
    server.awaitTermination(5, TimeUnit.SECONDS);
    reports.forget();
  }

  /** From now on answers every read with an error; null: not any more. */
  void failWith(ErrorCode code) {
    failure = Optional.ofNullable(code);
  }

  /** From now on answers every read of one shard with an error. */
  void failShardWith(int shard, ErrorCode code) {
    shardFailures.put(shard, code);
  }

  /** How many calls ended while this server hung or held them back. */
  int cancelled() {
    return cancelled.get();
  }

  /** From now on takes calls and says nothing, reports included. */
  void hang(boolean hang) {
    hanging = hang;
  }

  /** Applies nothing from an offset on. */
  void freezeAt(int offset) {
    log.freezeAt(offset);
  }

  void thaw() {
    log.freezeAt(Integer.MAX_VALUE);
  }

  /** How its replicas are reported. */
  void standAs(ReplicaState newState, long newAgeMs, long newLagRecords) {
    reports.standAs(newState, newAgeMs, newLagRecords);
  }

  void answerOutcomesWith(OutcomeKind kind) {
    outcome = Optional.of(kind);
  }

  /** How it answers scans. */
  FakeScans scanStreams() {
    return scanStreams;
  }

  /** Holds the answers to gets back from now on, until the future completes. */
  void holdGets(CompletableFuture<Void> until) {
    gate = until;
  }

  /** The methods called, in order. */
  List<String> calls() {
    return calls;
  }

  long calls(String method) {
    return calls.stream().filter(method::equals).count();
  }

  List<ShardScanRequest> scans() {
    return scans;
  }

  /** The views of all reads, in order. */
  List<ShardView> views() {
    return views;
  }

  /** How critical the calls said they were, of those that said so. */
  List<String> criticalities() {
    return headers.criticalities();
  }

  List<String> requestIds() {
    return headers.ids();
  }

  @Override
  public void get(ShardGetRequest request, StreamObserver<GetResponse> caller) {
    calls.add("get");
    GetResponse.Builder answer = GetResponse.newBuilder();
    serve(
        caller,
        request.getView(),
        () -> {
          // What is read is read before the answer is held back.
          log.find(request).ifPresent(answer::setRecord);
          answer.setContext(context(request.getView().getShard()));
          if (!gate.isDone()) {
            noteCancellation();
            gate.join();
          }
          caller.onNext(answer.build());
          caller.onCompleted();
        });
  }

  @Override
  public StreamObserver<ShardGetStreamRequest> getStream(
      StreamObserver<ShardGetStreamResponse> caller) {
    return new FakeGetStream(this::get, threads, headers, caller);
  }

  @Override
  public void multiGet(ShardMultiGetRequest request, StreamObserver<ShardMultiGetResponse> caller) {
    calls.add("multiGet");
    if (hangs()) {
      return;
    }
    ShardMultiGetResponse.Builder answer = ShardMultiGetResponse.newBuilder();
    for (ShardKeys shard : request.getShardsList()) {
      views.add(shard.getView());
      Optional<ErrorCode> error = problem(shard.getView());
      ShardKeyResults.Builder results = log.results(request.getNamespaceId(), shard, error);
      if (error.isEmpty()) {
        results.setContext(context(shard.getView().getShard()));
      }
      answer.addShards(results);
    }
    caller.onNext(answer.build());
    caller.onCompleted();
  }

  @Override
  public void scan(ShardScanRequest request, StreamObserver<ShardScanResponse> caller) {
    calls.add("scan");
    scans.add(request);
    int shard = request.getView().getShard();
    scanStreams.<ScanRecord, ShardScanResponse>serve(
        (ServerCallStreamObserver<ShardScanResponse>) caller,
        request.getLimit(),
        answer -> serve(caller, request.getView(), () -> answer.accept(log.matching(request))),
        (piece, end) ->
            ShardScanResponse.newBuilder()
                .addAllRecords(piece)
                .setContext(context(shard))
                .setEnd(end)
                .build());
  }

  @Override
  public void scanNamespace(
      ShardScanNamespaceRequest request, StreamObserver<ShardScanNamespaceResponse> caller) {
    calls.add("scanNamespace");
    int shard = request.getView().getShard();
    scanStreams.<NamespaceRecord, ShardScanNamespaceResponse>serve(
        (ServerCallStreamObserver<ShardScanNamespaceResponse>) caller,
        request.getLimit(),
        answer -> serve(caller, request.getView(), () -> answer.accept(log.records(request))),
        (piece, end) ->
            ShardScanNamespaceResponse.newBuilder()
                .addAllRecords(piece)
                .setContext(context(shard))
                .setEnd(end)
                .build());
  }

  @Override
  public void listVersions(
      ShardListVersionsRequest request, StreamObserver<ShardListVersionsResponse> caller) {
    calls.add("listVersions");
    serve(
        caller,
        request.getView(),
        () -> {
          List<RecordVersion> all = log.versions(request);
          int size = Math.min(request.getLimit(), all.size());
          caller.onNext(
              ShardListVersionsResponse.newBuilder()
                  .addAllVersions(all.subList(0, size))
                  .setContext(context(request.getView().getShard()))
                  .setEnd(size == all.size())
                  .build());
          caller.onCompleted();
        });
  }

  @Override
  public void awaitApplied(
      AwaitAppliedRequest request, StreamObserver<AwaitAppliedResponse> caller) {
    calls.add("awaitApplied");
    serve(
        caller,
        request.getView(),
        () -> {
          int shard = request.getView().getShard();
          AwaitAppliedResponse.Builder answer =
              AwaitAppliedResponse.newBuilder().setAppliedPosition(log.applied(shard));
          for (WriterStamp stamp : request.getStampsList()) {
            answer.addOutcomes(
                outcome
                    .map(kind -> WriteOutcome.newBuilder().setKind(kind).build())
                    .orElseGet(() -> log.outcome(shard, Stamps.toLog(stamp))));
          }
          caller.onNext(answer.build());
          caller.onCompleted();
        });
  }

  /** 10 records and 100 bytes in each shard that it holds. */
  @Override
  public void namespaceSizes(
      NamespaceSizesRequest request, StreamObserver<NamespaceSizesResponse> caller) {
    calls.add("namespaceSizes");
    if (hangs()) {
      return;
    }
    NamespaceSizesResponse.Builder answer = NamespaceSizesResponse.newBuilder();
    for (int shard : request.getShardsList()) {
      if (!shardFailures.containsKey(shard)) {
        answer.addSizes(
            NamespaceSize.newBuilder().setShard(shard).setRecordsEstimate(10).setDiskBytes(100));
      }
    }
    caller.onNext(answer.build());
    caller.onCompleted();
  }

  @Override
  public void watchReplicas(
      WatchReplicasRequest request, StreamObserver<WatchReplicasResponse> caller) {
    reports.watch((ServerCallStreamObserver<WatchReplicasResponse>) caller);
  }

  /** Waits for the view's position and answers, or fails as the test wants. */
  private void serve(StreamObserver<?> caller, ShardView view, Runnable answer) {
    views.add(view);
    if (hangs()) {
      return;
    }
    Optional<ErrorCode> problem = problem(view);
    if (problem.isPresent()) {
      caller.onError(GrpcErrors.toGrpc(new ByssusException(problem.get(), "as the test wants it")));
    } else {
      answer.run();
    }
  }

  private boolean isHanging() {
    return hanging;
  }

  private boolean hangs() {
    if (hanging) {
      noteCancellation();
    }
    return hanging;
  }

  private void noteCancellation() {
    Context.current().addListener(context -> cancelled.incrementAndGet(), Runnable::run);
  }

  private Optional<ErrorCode> problem(ShardView view) {
    if (failure.isPresent()) {
      return failure;
    }
    if (shardFailures.containsKey(view.getShard())) {
      return Optional.of(shardFailures.get(view.getShard()));
    }
    if (view.getAtLeast() != 0 && Position.incarnation(view.getAtLeast()) < INCARNATION) {
      return Optional.of(ErrorCode.SESSION_LOST);
    }
    return log.reaches(view.getShard(), view.getAtLeast())
        ? Optional.empty()
        : Optional.of(ErrorCode.REPLICA_BEHIND);
  }

  private ReadContext context(int shard) {
    return ReadContext.newBuilder()
        .setShard(shard)
        .setPosition(log.applied(shard))
        .setSeenPosition(log.applied(shard))
        .setAgeMs(reports.ageMs())
        .build();
  }

  @Override
  public void close() throws InterruptedException {
    reports.close();
    kill();
    threads.shutdownNow();
  }
}
