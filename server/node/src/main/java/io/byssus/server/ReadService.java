package io.byssus.server;

import io.byssus.model.ByssusException;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.internal.v1.AwaitAppliedRequest;
import io.byssus.proto.internal.v1.AwaitAppliedResponse;
import io.byssus.proto.internal.v1.DumpReplicaRequest;
import io.byssus.proto.internal.v1.DumpReplicaResponse;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardMultiGetRequest;
import io.byssus.proto.internal.v1.ShardMultiGetResponse;
import io.byssus.proto.internal.v1.ShardScanRequest;
import io.byssus.proto.internal.v1.ShardScanResponse;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.internal.v1.WatchReplicasRequest;
import io.byssus.proto.internal.v1.WatchReplicasResponse;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.Record;
import io.byssus.proto.kv.v1.WriterStamp;
import io.byssus.storage.StoredRecord;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Answers reads of this server's replicas: waits for the position that a read asks for, reads,
 * tells what the answer is worth.
 */
final class ReadService extends ShardServiceGrpc.ShardServiceImplBase {
  private final ReplicaHost host;
  private final ReadViews views;
  private final ReplicaFeed feed;

  ReadService(ReplicaHost host, ReadViews views, ReplicaFeed feed) {
    this.host = host;
    this.views = views;
    this.feed = feed;
  }

  @Override
  public void get(ShardGetRequest request, StreamObserver<GetResponse> caller) {
    answer(request.getView(), caller, (replica, proven) -> get(replica, request, proven));
  }

  private static GetResponse get(Replica replica, ShardGetRequest request, OptionalLong proven) {
    Key key = request.getKey();
    long seen = replica.open().appliedPosition();
    Optional<StoredRecord> found =
        replica.open().get(request.getNamespaceId(), key.getPartitionKey(), key.getSortKey());
    GetResponse.Builder answer = GetResponse.newBuilder();
    found.ifPresent(record -> answer.setRecord(encode(record)));
    return answer.setContext(replica.context(seen, proven)).build();
  }

  static Record encode(StoredRecord record) {
    return Record.newBuilder()
        .setValue(record.value())
        .setVersion(record.version())
        .setExpiresMs(record.expiresMillis())
        .build();
  }

  @Override
  public void multiGet(ShardMultiGetRequest request, StreamObserver<ShardMultiGetResponse> caller) {
    new MultiRead(host, views, request)
        .run()
        .whenComplete((answer, failure) -> end(caller, answer, failure));
  }

  @Override
  public void awaitApplied(
      AwaitAppliedRequest request, StreamObserver<AwaitAppliedResponse> caller) {
    answer(
        request.getView(),
        caller,
        (replica, proven) -> {
          AwaitAppliedResponse.Builder answer =
              AwaitAppliedResponse.newBuilder()
                  .setAppliedPosition(replica.open().appliedPosition());
          if (request.hasStamp()) {
            answer.setOutcome(replica.open().outcome(toLog(request.getStamp())));
          }
          return answer.build();
        });
  }

  private static io.byssus.proto.log.v1.WriterStamp toLog(WriterStamp stamp) {
    if (stamp.getWriterId().size() != 16) {
      throw ByssusException.invalid(
          "stamp.writer_id", "must be 16 bytes, is " + stamp.getWriterId().size());
    }
    ByteBuffer writer = stamp.getWriterId().asReadOnlyByteBuffer();
    return io.byssus.proto.log.v1.WriterStamp.newBuilder()
        .setWriterHigh(writer.getLong())
        .setWriterLow(writer.getLong())
        .setSequence(stamp.getSequence())
        .setLowestOpen(stamp.getLowestOpen())
        .setAcceptUntilMs(stamp.getAcceptUntilMs())
        .build();
  }

  @Override
  public void scan(ShardScanRequest request, StreamObserver<ShardScanResponse> caller) {
    ScanStream stream =
        new ScanStream(
            host.replica(request.getView().getShard()),
            request,
            (ServerCallStreamObserver<ShardScanResponse>) caller);
    begin(request.getView(), caller, stream::start);
  }

  @Override
  public void dumpReplica(DumpReplicaRequest request, StreamObserver<DumpReplicaResponse> caller) {
    DumpStream stream =
        new DumpStream(
            host.replica(request.getView().getShard()),
            (ServerCallStreamObserver<DumpReplicaResponse>) caller);
    begin(request.getView(), caller, proven -> stream.start());
  }

  @Override
  public void watchReplicas(
      WatchReplicasRequest request, StreamObserver<WatchReplicasResponse> caller) {
    feed.add((ServerCallStreamObserver<WatchReplicasResponse>) caller);
  }

  private <T> void answer(
      ShardView view, StreamObserver<T> caller, BiFunction<Replica, OptionalLong, T> read) {
    Replica replica = host.replica(view.getShard());
    views
        .await(replica, view)
        .thenApply(proven -> read.apply(replica, proven))
        .whenComplete((answer, failure) -> end(caller, answer, failure));
  }

  private void begin(ShardView view, StreamObserver<?> caller, Consumer<OptionalLong> stream) {
    views
        .await(host.replica(view.getShard()), view)
        .thenAccept(stream)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                caller.onError(toGrpc(failure));
              }
            });
  }

  private static <T> void end(StreamObserver<T> caller, T answer, Throwable failure) {
    if (failure != null) {
      caller.onError(toGrpc(failure));
    } else {
      caller.onNext(answer);
      caller.onCompleted();
    }
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
