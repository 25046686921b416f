package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.kv.v1.Acknowledgement;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.IncrementRequest;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.Remove;
import io.byssus.proto.kv.v1.WriteBatchRequest;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriteResponse;
import io.byssus.proto.log.v1.Increment;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.function.Supplier;

/** How a fake dispatcher hands writes to its shards, as unreliably as the test asks. */
final class FakeWrites {
  private final FakeCluster cluster;
  private final int dispatcher;

  /** Where the end of a write is told: one of the three, or none. */
  interface Reply {
    void acknowledged(WriteResponse response);

    void refused(ErrorCode code);

    void broken();
  }

  FakeWrites(FakeCluster cluster, int dispatcher) {
    this.cluster = cluster;
    this.dispatcher = dispatcher;
  }

  void put(PutRequest request, String requestId, StreamObserver<WriteResponse> to) {
    WriteOperation.Builder operation =
        WriteOperation.newBuilder()
            .setSortKey(request.getKey().getSortKey())
            .setVersion(request.getVersion())
            .setPut(request.getValue());
    if (request.hasCondition()) {
      operation.setCondition(request.getCondition());
    }
    if (request.hasLifetime()) {
      operation.setLifetime(request.getLifetime());
    }
    write(
        requestId,
        request.getNamespace(),
        request.getKey().getPartitionKey(),
        List.of(operation.build()),
        request.getOptions(),
        unary(to));
  }

  void delete(DeleteRequest request, String requestId, StreamObserver<WriteResponse> to) {
    WriteOperation.Builder operation =
        WriteOperation.newBuilder()
            .setSortKey(request.getKey().getSortKey())
            .setVersion(request.getVersion())
            .setRemove(Remove.getDefaultInstance());
    if (request.hasCondition()) {
      operation.setCondition(request.getCondition());
    }
    write(
        requestId,
        request.getNamespace(),
        request.getKey().getPartitionKey(),
        List.of(operation.build()),
        request.getOptions(),
        unary(to));
  }

  void increment(IncrementRequest request, String requestId, StreamObserver<WriteResponse> to) {
    WriteOperation operation =
        WriteOperation.newBuilder()
            .setSortKey(request.getKey().getSortKey())
            .setIncrement(Increment.newBuilder().setDelta(request.getDelta()))
            .build();
    write(
        requestId,
        request.getNamespace(),
        request.getKey().getPartitionKey(),
        List.of(operation),
        request.getOptions(),
        unary(to));
  }

  void batch(WriteBatchRequest request, String requestId, StreamObserver<WriteResponse> to) {
    write(
        requestId,
        request.getNamespace(),
        request.getPartitionKey(),
        request.getOperationsList(),
        request.getOptions(),
        unary(to));
  }

  private static Reply unary(StreamObserver<WriteResponse> to) {
    return new Reply() {
      @Override
      public void acknowledged(WriteResponse response) {
        to.onNext(response);
        to.onCompleted();
      }

      @Override
      public void refused(ErrorCode code) {
        to.onError(GrpcErrors.toGrpc(new ByssusException(code, "as the test asked")));
      }

      @Override
      public void broken() {
        to.onError(Status.UNAVAILABLE.withDescription("connection reset").asException());
      }
    };
  }

  void write(
      String requestId,
      String namespace,
      ByteString partitionKey,
      List<WriteOperation> operations,
      WriteOptions options,
      Reply to) {
    Arrival arrival =
        new Arrival(dispatcher, requestId, namespace, partitionKey, operations, options);
    cluster.arrivals.add(arrival);
    ErrorCode refusal = cluster.refusal(arrival);
    Fault fault = cluster.faults.apply(arrival);
    if (fault instanceof Fault.Refuse refuse) {
      refusal = refuse.code();
    }
    if (refusal != null) {
      to.refused(refusal);
      return;
    }
    FakeShard shard = cluster.shard(namespace, partitionKey);
    Supplier<FakeShard.Outcome> handOver =
        () ->
            shard.append(requestId, partitionKey, operations, arrival.stamp(), cluster.nowMillis());
    boolean applied =
        options.getAcknowledgement() == Acknowledgement.APPLIED
            || operations.stream().anyMatch(o -> o.hasCondition() || o.hasIncrement());
    if (fault instanceof Fault.Break broken) {
      if (broken.handOver()) {
        handOver.get();
      }
      to.broken();
    } else if (fault instanceof Fault.Swallow) {
      handOver.get();
    } else if (fault instanceof Fault.Stick) {
      cluster.stuck.add(handOver::get);
      to.refused(ErrorCode.INDETERMINATE);
    } else if (fault instanceof Fault.StickSilently) {
      cluster.stuck.add(handOver::get);
    } else if (fault instanceof Fault.Delay) {
      cluster.stuck.add(() -> acknowledge(shard, handOver.get(), applied, to));
    } else {
      if (fault instanceof Fault.Duplicate) {
        cluster.stuck.add(handOver::get);
      }
      acknowledge(shard, handOver.get(), applied, to);
    }
  }

  private void acknowledge(FakeShard shard, FakeShard.Outcome outcome, boolean applied, Reply to) {
    if (applied && !outcome.decided()) {
      to.refused(ErrorCode.WRITE_EXPIRED);
      return;
    }
    WriteResponse.Builder response =
        WriteResponse.newBuilder()
            .setShard(shard.number())
            .setPosition(outcome.position())
            .setDispatcherTimeMs(cluster.nowMillis());
    if (applied && outcome.failure() != null) {
      response.setFailure(outcome.failure());
    } else if (applied) {
      response.setVersion(outcome.version()).addAllSums(outcome.sums());
    }
    to.acknowledged(response.build());
  }
}
