package io.byssus.dispatcher;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.model.Position;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.internal.v1.AwaitAppliedRequest;
import io.byssus.proto.internal.v1.AwaitAppliedResponse;
import io.byssus.proto.internal.v1.OutcomeKind;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardKeyResults;
import io.byssus.proto.internal.v1.ShardKeys;
import io.byssus.proto.internal.v1.ShardMultiGetRequest;
import io.byssus.proto.internal.v1.ShardMultiGetResponse;
import io.byssus.proto.internal.v1.ShardScanRequest;
import io.byssus.proto.internal.v1.ShardScanResponse;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.internal.v1.WatchReplicasRequest;
import io.byssus.proto.internal.v1.WatchReplicasResponse;
import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.kv.v1.Absent;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.KeyError;
import io.byssus.proto.kv.v1.KeyResult;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.proto.kv.v1.ScanRecord;
import io.byssus.wal.InMemoryWal;
import io.grpc.Context;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server over real gRPC whose state is the log in memory, replayed as far as a test lets it. It
 * can fail, hang, halt, stay behind and die.
 */
final class FakeServer extends ShardServiceGrpc.ShardServiceImplBase implements AutoCloseable {
  static final int INCARNATION = 1;

  private final String nodeId;
  private final ReplayedLog log;
  private final int shardCount;
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final List<ShardScanRequest> scans = new CopyOnWriteArrayList<>();
  private final List<String> requestIds = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final FakeReports reports;

  private Server server;
  private int port;
  private volatile Optional<ErrorCode> failure = Optional.empty();
  private final Map<Integer, ErrorCode> shardFailures = new ConcurrentHashMap<>();
  private final AtomicInteger cancelled = new AtomicInteger();
  private volatile Optional<OutcomeKind> outcome = Optional.empty();
  private volatile boolean hanging;
  private volatile int pieceRecords = 100;
  private volatile int diesAfterPieces = Integer.MAX_VALUE;
  private volatile int piecesSent;

  FakeServer(String nodeId, InMemoryWal wal, int shardCount) throws IOException {
    this.nodeId = nodeId;
    this.log = new ReplayedLog(wal);
    this.shardCount = shardCount;
    this.reports = new FakeReports(shardCount, log, () -> hanging);
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
            .intercept(new RequestIdTaker(requestIds))
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

  /** How many calls were cancelled while this server hung. */
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

  void pieceRecords(int records) {
    pieceRecords = records;
  }

  /** Breaks scans off after so many pieces, counted over all scans. */
  void breakScansAfter(int pieces) {
    diesAfterPieces = piecesSent + pieces;
  }

  int piecesSent() {
    return piecesSent;
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

  List<String> requestIds() {
    return requestIds;
  }

  @Override
  public void get(ShardGetRequest request, StreamObserver<GetResponse> caller) {
    calls.add("get");
    serve(
        caller,
        request.getView(),
        () -> {
          GetResponse.Builder answer = GetResponse.newBuilder();
          log.find(request.getView().getShard(), request.getNamespaceId(), request.getKey())
              .ifPresent(answer::setRecord);
          answer.setContext(context(request.getView().getShard()));
          caller.onNext(answer.build());
          caller.onCompleted();
        });
  }

  @Override
  public void multiGet(ShardMultiGetRequest request, StreamObserver<ShardMultiGetResponse> caller) {
    calls.add("multiGet");
    if (hangs()) {
      return;
    }
    ShardMultiGetResponse.Builder answer = ShardMultiGetResponse.newBuilder();
    for (ShardKeys shard : request.getShardsList()) {
      ShardKeyResults.Builder results = ShardKeyResults.newBuilder();
      Optional<ErrorCode> error = problem(shard.getView());
      for (Key key : shard.getKeysList()) {
        if (error.isPresent()) {
          results.addResults(
              KeyResult.newBuilder().setError(KeyError.newBuilder().setReason(error.get().name())));
        } else {
          results.addResults(
              log.find(shard.getView().getShard(), request.getNamespaceId(), key)
                  .map(record -> KeyResult.newBuilder().setRecord(record))
                  .orElse(KeyResult.newBuilder().setAbsent(Absent.getDefaultInstance())));
        }
      }
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
    ServerCallStreamObserver<ShardScanResponse> stream =
        (ServerCallStreamObserver<ShardScanResponse>) caller;
    Scan scan = new Scan(request, stream);
    stream.setOnReadyHandler(scan::goOn);
    stream.setOnCancelHandler(() -> {});
  }

  private final class Scan {
    private final ShardScanRequest request;
    private final ServerCallStreamObserver<ShardScanResponse> stream;
    private List<ScanRecord> left;
    private long sent;
    private boolean ended;

    Scan(ShardScanRequest request, ServerCallStreamObserver<ShardScanResponse> stream) {
      this.request = request;
      this.stream = stream;
    }

    synchronized void goOn() {
      if (left == null && !ended) {
        serve(stream, request.getView(), () -> left = log.matching(request));
        ended = left == null;
      }
      while (!ended && !hanging && stream.isReady()) {
        if (piecesSent >= diesAfterPieces) {
          ended = true;
          stream.onError(GrpcErrors.toGrpc(new ByssusException(ErrorCode.SHUTTING_DOWN, "dying")));
          return;
        }
        long limit = request.getLimit() == 0 ? Long.MAX_VALUE : request.getLimit() - sent;
        int size = (int) Math.min(Math.min(pieceRecords, left.size()), limit);
        List<ScanRecord> piece = left.subList(0, size);
        left = left.subList(size, left.size());
        sent += size;
        piecesSent++;
        stream.onNext(
            ShardScanResponse.newBuilder()
                .addAllRecords(piece)
                .setContext(context(request.getView().getShard()))
                .setEnd(left.isEmpty())
                .build());
        if (left.isEmpty() || size == limit) {
          ended = true;
          stream.onCompleted();
        }
      }
    }
  }

  @Override
  public void awaitApplied(
      AwaitAppliedRequest request, StreamObserver<AwaitAppliedResponse> caller) {
    calls.add("awaitApplied");
    serve(
        caller,
        request.getView(),
        () -> {
          caller.onNext(
              AwaitAppliedResponse.newBuilder()
                  .setAppliedPosition(log.applied(request.getView().getShard()))
                  .setOutcome(
                      outcome
                          .map(kind -> WriteOutcome.newBuilder().setKind(kind).build())
                          .orElseGet(
                              () ->
                                  log.outcome(
                                      request.getView().getShard(),
                                      Stamps.toLog(request.getStamp()))))
                  .build());
          caller.onCompleted();
        });
  }

  @Override
  public void watchReplicas(
      WatchReplicasRequest request, StreamObserver<WatchReplicasResponse> caller) {
    reports.watch((ServerCallStreamObserver<WatchReplicasResponse>) caller);
  }

  /** Waits for the view's position and answers, or fails as the test wants. */
  private void serve(StreamObserver<?> caller, ShardView view, Runnable answer) {
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

  private boolean hangs() {
    if (hanging) {
      Context.current().addListener(context -> cancelled.incrementAndGet(), Runnable::run);
    }
    return hanging;
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
        .setAgeMs(reports.ageMs())
        .build();
  }

  static Collection<String> ids(Collection<FakeServer> servers) {
    return servers.stream().map(FakeServer::nodeId).toList();
  }

  @Override
  public void close() throws InterruptedException {
    reports.close();
    kill();
    threads.shutdownNow();
  }
}
