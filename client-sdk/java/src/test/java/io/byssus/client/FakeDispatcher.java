package io.byssus.client;

import io.byssus.model.ByssusException;
import io.byssus.model.CallHeaders;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.kv.v1.Absent;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.IncrementRequest;
import io.byssus.proto.kv.v1.KeyError;
import io.byssus.proto.kv.v1.KeyResult;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.ListVersionsRequest;
import io.byssus.proto.kv.v1.ListVersionsResponse;
import io.byssus.proto.kv.v1.MultiGetRequest;
import io.byssus.proto.kv.v1.MultiGetResponse;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.proto.kv.v1.Record;
import io.byssus.proto.kv.v1.ResolveRequest;
import io.byssus.proto.kv.v1.ResolveResponse;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanResponse;
import io.byssus.proto.kv.v1.ScanShardRequest;
import io.byssus.proto.kv.v1.ScanShardResponse;
import io.byssus.proto.kv.v1.WriteBatchRequest;
import io.byssus.proto.kv.v1.WriteResponse;
import io.byssus.proto.kv.v1.WriteStreamRequest;
import io.byssus.proto.kv.v1.WriteStreamResponse;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** A dispatcher: real gRPC on loopback, and as unreliable as the test asks. */
final class FakeDispatcher extends KvServiceGrpc.KvServiceImplBase implements AutoCloseable {
  private static final Context.Key<String> REQUEST_ID = Context.key("request-id");

  private final FakeCluster cluster;
  private final FakeWrites writes;
  private final Server server;
  private final int port;

  /** What goes wrong with a read by any RPC; null: nothing. */
  volatile Supplier<ErrorCode> readFaults = () -> null;

  /** What goes wrong with one key of a multi-get; null: nothing. */
  volatile Function<Key, ErrorCode> keyFaults = key -> null;

  /** A scan's records per piece. */
  volatile int pieceRecords = 2;

  /** How many pieces a scan's stream sends before it breaks. */
  volatile int piecesUntilBreak = Integer.MAX_VALUE;

  /** How many pieces a scan's stream sends before it ends as if that were all. */
  volatile IntSupplier piecesUntilEnd = () -> Integer.MAX_VALUE;

  /** Keys answered by one multi-get before the rest is left over. */
  volatile int multiGetKeys = Integer.MAX_VALUE;

  final List<GetRequest> gets = new CopyOnWriteArrayList<>();
  final List<MultiGetRequest> multiGets = new CopyOnWriteArrayList<>();
  final List<ScanRequest> scans = new CopyOnWriteArrayList<>();
  final List<String> requestIds = new CopyOnWriteArrayList<>();
  final List<ScanShardRequest> shardScans = new CopyOnWriteArrayList<>();
  final List<ListVersionsRequest> versionLists = new CopyOnWriteArrayList<>();
  final AtomicInteger streams = new AtomicInteger();
  final AtomicInteger resolves = new AtomicInteger();
  final AtomicInteger piecesSent = new AtomicInteger();
  final AtomicInteger cancelledScans = new AtomicInteger();

  /**
   * @param wantedPort where it listens; 0: anywhere
   */
  FakeDispatcher(FakeCluster cluster, int number, int wantedPort) throws IOException {
    this.cluster = cluster;
    this.writes = new FakeWrites(cluster, number);
    this.server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), wantedPort))
            .maxInboundMessageSize(8 * 1024 * 1024)
            .addService(this)
            .addService(new FakeAdmin(cluster))
            .addService(new FakeMap(cluster))
            .intercept(new RequestIds())
            .build()
            .start();
    this.port = server.getPort();
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  /** As SIGKILL does: connections break, the port refuses. */
  @Override
  public void close() {
    server.shutdownNow();
  }

  private final class RequestIds implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      String id = String.valueOf(headers.get(CallHeaders.REQUEST_ID));
      requestIds.add(id);
      return Contexts.interceptCall(
          Context.current().withValue(REQUEST_ID, id), call, headers, next);
    }
  }

  private static void fail(StreamObserver<?> to, ErrorCode code) {
    to.onError(GrpcErrors.toGrpc(new ByssusException(code, "as the test asked")));
  }

  @Override
  public void resolve(ResolveRequest request, StreamObserver<ResolveResponse> to) {
    resolves.incrementAndGet();
    Integer id = cluster.namespaces.get(request.getNamespace());
    if (id == null) {
      fail(to, ErrorCode.NAMESPACE_NOT_FOUND);
      return;
    }
    answer(
        to,
        ResolveResponse.newBuilder()
            .setNamespaceId(id)
            .setShardCount(cluster.shards.size())
            .setDispatcherTimeMs(cluster.nowMillis())
            .build());
  }

  @Override
  public void put(PutRequest request, StreamObserver<WriteResponse> to) {
    writes.put(request, REQUEST_ID.get(), to);
  }

  @Override
  public void delete(DeleteRequest request, StreamObserver<WriteResponse> to) {
    writes.delete(request, REQUEST_ID.get(), to);
  }

  @Override
  public void increment(IncrementRequest request, StreamObserver<WriteResponse> to) {
    writes.increment(request, REQUEST_ID.get(), to);
  }

  @Override
  public void writeBatch(WriteBatchRequest request, StreamObserver<WriteResponse> to) {
    writes.batch(request, REQUEST_ID.get(), to);
  }

  @Override
  public StreamObserver<WriteStreamRequest> writeStream(StreamObserver<WriteStreamResponse> to) {
    streams.incrementAndGet();
    return new FakeWriteStream(cluster, writes, to);
  }

  @Override
  public void scanShard(ScanShardRequest request, StreamObserver<ScanShardResponse> to) {
    shardScans.add(request);
    FakeShard shard = cluster.shards.get(request.getShard());
    ErrorCode fault = readFaults.get();
    if (fault == null) {
      fault = cluster.tokenProblem(shard, request.getOptions().getSessionTokenMap());
    }
    if (fault != null) {
      fail(to, fault);
      return;
    }
    send(FakeScan.pieces(request, shard, pieceRecords), to);
  }

  @Override
  public void listVersions(ListVersionsRequest request, StreamObserver<ListVersionsResponse> to) {
    versionLists.add(request);
    Key key = Key.of(request.getKey().getPartitionKey(), request.getKey().getSortKey());
    FakeShard shard = cluster.shard(request.getNamespace(), key.partition());
    answer(to, FakeScan.versions(request, key, shard).setContext(context(shard)).build());
  }

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> to) {
    gets.add(request);
    Key key = Key.of(request.getKey().getPartitionKey(), request.getKey().getSortKey());
    if (!cluster.namespaces.containsKey(request.getNamespace())) {
      fail(to, ErrorCode.NAMESPACE_NOT_FOUND);
      return;
    }
    FakeShard shard = cluster.shard(request.getNamespace(), key.partition());
    ErrorCode fault = readFaults.get();
    if (fault == null) {
      fault = cluster.tokenProblem(shard, request.getOptions().getSessionTokenMap());
    }
    if (fault != null) {
      fail(to, fault);
      return;
    }
    GetResponse.Builder response = GetResponse.newBuilder().setContext(context(shard));
    FakeShard.StoredValue value = shard.get(key);
    if (value != null) {
      response.setRecord(record(value));
    }
    answer(to, response.build());
  }

  @Override
  public void multiGet(MultiGetRequest request, StreamObserver<MultiGetResponse> to) {
    multiGets.add(request);
    ErrorCode fault = readFaults.get();
    if (fault != null) {
      fail(to, fault);
      return;
    }
    MultiGetResponse.Builder response = MultiGetResponse.newBuilder();
    Set<FakeShard> answering = new HashSet<>();
    for (io.byssus.proto.kv.v1.Key asked : request.getKeysList()) {
      Key key = Key.of(asked.getPartitionKey(), asked.getSortKey());
      FakeShard shard = cluster.shard(request.getNamespace(), key.partition());
      ErrorCode problem = keyFaults.apply(key);
      if (problem == null) {
        problem = cluster.tokenProblem(shard, request.getOptions().getSessionTokenMap());
      }
      if (response.getResultsCount() >= multiGetKeys) {
        problem = ErrorCode.OVERLOADED;
      }
      KeyResult.Builder result = response.addResultsBuilder();
      FakeShard.StoredValue value = shard.get(key);
      if (problem != null) {
        result.setError(
            KeyError.newBuilder().setReason(problem.name()).setMessage("as the test asked"));
        continue;
      }
      answering.add(shard);
      if (value != null) {
        result.setRecord(record(value));
      } else {
        result.setAbsent(Absent.getDefaultInstance());
      }
    }
    answering.forEach(shard -> response.addContexts(context(shard)));
    answer(to, response.build());
  }

  @Override
  public void scan(ScanRequest request, StreamObserver<ScanResponse> to) {
    scans.add(request);
    FakeShard shard = cluster.shard(request.getNamespace(), request.getPartitionKey());
    ErrorCode fault = readFaults.get();
    if (fault == null) {
      fault = cluster.tokenProblem(shard, request.getOptions().getSessionTokenMap());
    }
    if (fault != null) {
      fail(to, fault);
      return;
    }
    send(FakeScan.pieces(request, shard, pieceRecords), to);
  }

  private <R> void send(ArrayDeque<R> pieces, StreamObserver<R> to) {
    int pieceLimit = piecesUntilBreak;
    int piecesInAll = piecesUntilEnd.getAsInt();
    ServerCallStreamObserver<R> stream = (ServerCallStreamObserver<R>) to;
    stream.setOnCancelHandler(cancelledScans::incrementAndGet);
    AtomicInteger sent = new AtomicInteger();
    boolean[] over = new boolean[1];
    stream.setOnReadyHandler(
        () -> {
          while (!over[0] && stream.isReady()) {
            if (sent.get() == pieceLimit) {
              over[0] = true;
              stream.onError(Status.UNAVAILABLE.withDescription("connection reset").asException());
            } else if (pieces.isEmpty() || sent.get() == piecesInAll) {
              over[0] = true;
              stream.onCompleted();
            } else {
              sent.incrementAndGet();
              piecesSent.incrementAndGet();
              stream.onNext(pieces.poll());
            }
          }
        });
  }

  static ReadContext context(FakeShard shard) {
    return ReadContext.newBuilder()
        .setShard(shard.number())
        .setPosition(shard.applied())
        .setAgeMs(12)
        .build();
  }

  private static Record record(FakeShard.StoredValue value) {
    return Record.newBuilder().setValue(value.value()).setVersion(value.version()).build();
  }

  private static <R> void answer(StreamObserver<R> to, R response) {
    to.onNext(response);
    to.onCompleted();
  }
}
