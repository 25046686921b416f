package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.model.Position;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.proto.internal.v1.ShardGetAnswer;
import io.byssus.proto.internal.v1.ShardGetQuestion;
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
import io.byssus.proto.kv.v1.Absent;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.KeyError;
import io.byssus.proto.kv.v1.KeyResult;
import io.byssus.proto.kv.v1.NamespaceRecord;
import io.byssus.proto.kv.v1.Record;
import io.byssus.proto.kv.v1.RecordVersion;
import io.byssus.proto.kv.v1.ScanRecord;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** A server with a replica of every shard of a fake cluster, always at the log's end. */
final class FakeServer extends ShardServiceGrpc.ShardServiceImplBase implements AutoCloseable {
  private static final int PIECE_RECORDS = 2;

  private final FakeCluster cluster;
  private final String nodeId;
  private final Server server;

  /** What goes wrong with a read; null: nothing. */
  volatile Supplier<ErrorCode> faults = () -> null;

  /** How many pieces a stream sends before it fails. */
  volatile int piecesUntilFailure = Integer.MAX_VALUE;

  /** What the replicas say of their age. */
  volatile long ageMs;

  /** The views of all reads, in their order. */
  final List<ShardView> reads = new CopyOnWriteArrayList<>();

  FakeServer(FakeCluster cluster, String nodeId) throws IOException {
    this.cluster = cluster;
    this.nodeId = nodeId;
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(this)
            .build()
            .start();
  }

  String nodeId() {
    return nodeId;
  }

  String address() {
    return "127.0.0.1:" + server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  @Override
  public void watchReplicas(
      WatchReplicasRequest request, StreamObserver<WatchReplicasResponse> to) {
    WatchReplicasResponse.Builder step = WatchReplicasResponse.newBuilder();
    for (FakeShard shard : cluster.shards) {
      step.addReplicas(
          ReplicaReport.newBuilder()
              .setShard(shard.number())
              .setState(ReplicaState.CAUGHT_UP)
              .setAppliedPosition(shard.applied()));
    }
    to.onNext(step.build());
  }

  /** The shard of a view; null where the read was refused. */
  private FakeShard shard(ShardView view, StreamObserver<?> to) {
    reads.add(view);
    FakeShard shard = cluster.shards.get(view.getShard());
    ErrorCode fault = faults.get();
    if (fault == null
        && view.getAtLeast() != 0
        && Position.incarnation(view.getAtLeast()) != shard.incarnation()) {
      fault = ErrorCode.SESSION_LOST;
    }
    if (fault != null) {
      to.onError(GrpcErrors.toGrpc(new ByssusException(fault, "as the test asked")));
      return null;
    }
    return shard;
  }

  private io.byssus.proto.kv.v1.ReadContext context(FakeShard shard) {
    return FakeDispatcher.context(shard).toBuilder().setAgeMs(ageMs).build();
  }

  @Override
  public void get(ShardGetRequest request, StreamObserver<GetResponse> to) {
    FakeShard shard = shard(request.getView(), to);
    if (shard == null) {
      return;
    }
    GetResponse.Builder answer = GetResponse.newBuilder().setContext(context(shard));
    FakeShard.StoredValue value =
        shard.get(Key.of(request.getKey().getPartitionKey(), request.getKey().getSortKey()));
    if (value != null) {
      answer.setRecord(record(value));
    }
    to.onNext(answer.build());
    to.onCompleted();
  }

  @Override
  public StreamObserver<ShardGetStreamRequest> getStream(
      StreamObserver<ShardGetStreamResponse> to) {
    return new StreamObserver<>() {
      @Override
      public void onNext(ShardGetStreamRequest message) {
        message.getQuestionsList().forEach(question -> get(question.getGet(), answer(question)));
      }

      private StreamObserver<GetResponse> answer(ShardGetQuestion question) {
        return new StreamObserver<>() {
          @Override
          public void onNext(GetResponse record) {
            send(ShardGetAnswer.newBuilder().setRecord(record));
          }

          @Override
          public void onError(Throwable failure) {
            ByssusException error = GrpcErrors.fromGrpc(failure, ErrorCode.NO_REPLICA);
            send(
                ShardGetAnswer.newBuilder()
                    .setError(
                        KeyError.newBuilder()
                            .setReason(error.code().name())
                            .setMessage(error.getMessage())));
          }

          @Override
          public void onCompleted() {}

          private void send(ShardGetAnswer.Builder answer) {
            synchronized (to) {
              to.onNext(
                  ShardGetStreamResponse.newBuilder()
                      .addAnswers(answer.setId(question.getId()))
                      .build());
            }
          }
        };
      }

      @Override
      public void onError(Throwable failure) {}

      @Override
      public void onCompleted() {}
    };
  }

  @Override
  public void multiGet(ShardMultiGetRequest request, StreamObserver<ShardMultiGetResponse> to) {
    ShardMultiGetResponse.Builder answer = ShardMultiGetResponse.newBuilder();
    for (ShardKeys keys : request.getShardsList()) {
      FakeShard shard = shard(keys.getView(), to);
      if (shard == null) {
        return;
      }
      ShardKeyResults.Builder results = ShardKeyResults.newBuilder().setContext(context(shard));
      for (io.byssus.proto.kv.v1.Key key : keys.getKeysList()) {
        FakeShard.StoredValue value = shard.get(Key.of(key.getPartitionKey(), key.getSortKey()));
        results.addResults(
            value == null
                ? KeyResult.newBuilder().setAbsent(Absent.getDefaultInstance())
                : KeyResult.newBuilder().setRecord(record(value)));
      }
      answer.addShards(results);
    }
    to.onNext(answer.build());
    to.onCompleted();
  }

  @Override
  public void scan(ShardScanRequest request, StreamObserver<ShardScanResponse> to) {
    FakeShard shard = shard(request.getView(), to);
    if (shard == null) {
      return;
    }
    Comparator<ByteString> bytes = ByteString.unsignedLexicographicalComparator();
    List<ScanRecord> records = new ArrayList<>();
    for (Map.Entry<Key, FakeShard.StoredValue> entry : shard.records().entrySet()) {
      ByteString sort = entry.getKey().sort();
      int fromStart = bytes.compare(sort, request.getStart());
      if (entry.getKey().partition().equals(request.getPartitionKey())
          && (request.getAfterStart() ? fromStart > 0 : fromStart >= 0)
          && (request.getEnd().isEmpty() || bytes.compare(sort, request.getEnd()) < 0)
          && (!request.hasBefore() || bytes.compare(sort, request.getBefore()) < 0)) {
        ScanRecord record =
            ScanRecord.newBuilder().setSortKey(sort).setValue(entry.getValue().value()).build();
        records.add(request.getReverse() ? 0 : records.size(), record);
      }
    }
    int wanted =
        request.getLimit() == 0
            ? records.size()
            : (int) Math.min(request.getLimit(), records.size());
    // An empty piece that is not the last: nobody may take it for the end.
    to.onNext(ShardScanResponse.newBuilder().setContext(context(shard)).build());
    for (int from = 0, sent = 0; from < wanted || from == 0; from += PIECE_RECORDS, sent++) {
      int until = Math.min(wanted, from + PIECE_RECORDS);
      if (sent == piecesUntilFailure) {
        to.onError(GrpcErrors.toGrpc(new ByssusException(ErrorCode.REPLICA_HALTED, "asked")));
        return;
      }
      to.onNext(
          ShardScanResponse.newBuilder()
              .addAllRecords(records.subList(from, until))
              .setContext(context(shard))
              .setEnd(until == records.size())
              .build());
    }
    to.onCompleted();
  }

  @Override
  public void scanNamespace(
      ShardScanNamespaceRequest request, StreamObserver<ShardScanNamespaceResponse> to) {
    FakeShard shard = shard(request.getView(), to);
    if (shard == null) {
      return;
    }
    int sent = 0;
    for (Map.Entry<Key, FakeShard.StoredValue> entry : shard.records().entrySet()) {
      Key key = entry.getKey();
      Key after = Key.of(request.getAfter().getPartitionKey(), request.getAfter().getSortKey());
      if (request.hasAfter() && key.compareTo(after) <= 0) {
        continue;
      }
      if (sent++ == piecesUntilFailure) {
        to.onError(GrpcErrors.toGrpc(new ByssusException(ErrorCode.OVERLOADED, "asked")));
        return;
      }
      to.onNext(
          ShardScanNamespaceResponse.newBuilder()
              .addRecords(
                  NamespaceRecord.newBuilder()
                      .setKey(WriteRequest.toProto(key))
                      .setRecord(record(entry.getValue())))
              .setContext(context(shard))
              .build());
    }
    to.onNext(
        ShardScanNamespaceResponse.newBuilder().setContext(context(shard)).setEnd(true).build());
    to.onCompleted();
  }

  @Override
  public void listVersions(
      ShardListVersionsRequest request, StreamObserver<ShardListVersionsResponse> to) {
    FakeShard shard = shard(request.getView(), to);
    if (shard != null) {
      // Versions 1 to 9.
      ShardListVersionsResponse.Builder answer =
          ShardListVersionsResponse.newBuilder().setContext(context(shard));
      long newest = request.getToVersion() == 0 ? 9 : request.getToVersion();
      for (long v = newest; v > 0 && answer.getVersionsCount() < request.getLimit(); v--) {
        answer.addVersions(RecordVersion.newBuilder().setVersion(v));
      }
      to.onNext(answer.setEnd(newest <= request.getLimit()).build());
      to.onCompleted();
    }
  }

  private static Record record(FakeShard.StoredValue value) {
    return Record.newBuilder().setValue(value.value()).setVersion(value.version()).build();
  }
}
