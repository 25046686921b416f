package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.kv.v1.Absent;
import io.byssus.proto.kv.v1.Acknowledgement;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.KeyError;
import io.byssus.proto.kv.v1.KeyResult;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.MultiGetRequest;
import io.byssus.proto.kv.v1.MultiGetResponse;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.proto.kv.v1.Record;
import io.byssus.proto.kv.v1.Remove;
import io.byssus.proto.kv.v1.ResolveRequest;
import io.byssus.proto.kv.v1.ResolveResponse;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanResponse;
import io.byssus.proto.kv.v1.WriteBatchRequest;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriteResponse;
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
import java.util.function.Supplier;

/** A dispatcher: real gRPC on loopback, and as unreliable as the test asks. */
final class FakeDispatcher extends KvServiceGrpc.KvServiceImplBase implements AutoCloseable {
  private static final Context.Key<String> REQUEST_ID = Context.key("request-id");

  private final FakeCluster cluster;
  private final int number;
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

  /** Keys answered by one multi-get before the rest is left over. */
  volatile int multiGetKeys = Integer.MAX_VALUE;

  final List<GetRequest> gets = new CopyOnWriteArrayList<>();
  final List<MultiGetRequest> multiGets = new CopyOnWriteArrayList<>();
  final List<ScanRequest> scans = new CopyOnWriteArrayList<>();
  final List<String> requestIds = new CopyOnWriteArrayList<>();
  final AtomicInteger resolves = new AtomicInteger();
  final AtomicInteger piecesSent = new AtomicInteger();
  final AtomicInteger cancelledScans = new AtomicInteger();

  /**
   * @param wantedPort where it listens; 0: anywhere
   */
  FakeDispatcher(FakeCluster cluster, int number, int wantedPort) throws IOException {
    this.cluster = cluster;
    this.number = number;
    this.server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), wantedPort))
            .maxInboundMessageSize(8 * 1024 * 1024)
            .addService(this)
            .addService(new FakeAdmin(cluster))
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
      String id = String.valueOf(headers.get(CallTag.REQUEST_ID));
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
    WriteOperation operation =
        WriteOperation.newBuilder()
            .setSortKey(request.getKey().getSortKey())
            .setPut(request.getValue())
            .build();
    write(
        request.getNamespace(),
        request.getKey().getPartitionKey(),
        List.of(operation),
        request.getOptions(),
        to);
  }

  @Override
  public void delete(DeleteRequest request, StreamObserver<WriteResponse> to) {
    WriteOperation operation =
        WriteOperation.newBuilder()
            .setSortKey(request.getKey().getSortKey())
            .setRemove(Remove.getDefaultInstance())
            .build();
    write(
        request.getNamespace(),
        request.getKey().getPartitionKey(),
        List.of(operation),
        request.getOptions(),
        to);
  }

  @Override
  public void writeBatch(WriteBatchRequest request, StreamObserver<WriteResponse> to) {
    write(
        request.getNamespace(),
        request.getPartitionKey(),
        request.getOperationsList(),
        request.getOptions(),
        to);
  }

  private void write(
      String namespace,
      ByteString partitionKey,
      List<WriteOperation> operations,
      WriteOptions options,
      StreamObserver<WriteResponse> to) {
    Arrival arrival =
        new Arrival(number, REQUEST_ID.get(), namespace, partitionKey, operations, options);
    cluster.arrivals.add(arrival);
    ErrorCode refusal = cluster.refusal(arrival);
    Fault fault = cluster.faults.apply(arrival);
    if (fault instanceof Fault.Refuse refuse) {
      refusal = refuse.code();
    }
    if (refusal != null) {
      fail(to, refusal);
      return;
    }
    FakeShard shard = cluster.shard(namespace, partitionKey);
    Supplier<FakeShard.Outcome> handOver =
        () ->
            shard.append(
                arrival.requestId(),
                partitionKey,
                operations,
                arrival.stamp(),
                cluster.nowMillis());
    if (fault instanceof Fault.Break broken) {
      if (broken.handOver()) {
        handOver.get();
      }
      to.onError(Status.UNAVAILABLE.withDescription("connection reset").asException());
    } else if (fault instanceof Fault.Swallow) {
      handOver.get();
    } else if (fault instanceof Fault.Stick) {
      cluster.stuck.add(handOver::get);
      fail(to, ErrorCode.INDETERMINATE);
    } else if (fault instanceof Fault.StickSilently) {
      cluster.stuck.add(handOver::get);
    } else if (fault instanceof Fault.Delay) {
      cluster.stuck.add(() -> acknowledge(shard, handOver.get(), options, to));
    } else {
      if (fault instanceof Fault.Duplicate) {
        cluster.stuck.add(handOver::get);
      }
      acknowledge(shard, handOver.get(), options, to);
    }
  }

  private void acknowledge(
      FakeShard shard,
      FakeShard.Outcome outcome,
      WriteOptions options,
      StreamObserver<WriteResponse> to) {
    boolean applied = options.getAcknowledgement() == Acknowledgement.APPLIED;
    if (applied && !outcome.writeTookEffect()) {
      fail(to, ErrorCode.WRITE_EXPIRED);
      return;
    }
    answer(
        to,
        WriteResponse.newBuilder()
            .setShard(shard.number())
            .setPosition(outcome.position())
            .setVersion(applied ? outcome.version() : 0)
            .setDispatcherTimeMs(cluster.nowMillis())
            .build());
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
    ArrayDeque<ScanResponse> pieces = FakeScan.pieces(request, shard, pieceRecords);
    int pieceLimit = piecesUntilBreak;
    ServerCallStreamObserver<ScanResponse> stream = (ServerCallStreamObserver<ScanResponse>) to;
    stream.setOnCancelHandler(cancelledScans::incrementAndGet);
    AtomicInteger sent = new AtomicInteger();
    boolean[] over = new boolean[1];
    stream.setOnReadyHandler(
        () -> {
          while (!over[0] && stream.isReady()) {
            if (sent.get() == pieceLimit) {
              over[0] = true;
              stream.onError(Status.UNAVAILABLE.withDescription("connection reset").asException());
            } else if (pieces.isEmpty()) {
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
