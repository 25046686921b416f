package io.byssus.client;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.kv.v1.StreamedWrite;
import io.byssus.proto.kv.v1.WriteError;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriteResponse;
import io.byssus.proto.kv.v1.WriteResult;
import io.byssus.proto.kv.v1.WriteStreamOpen;
import io.byssus.proto.kv.v1.WriteStreamOpened;
import io.byssus.proto.kv.v1.WriteStreamRequest;
import io.byssus.proto.kv.v1.WriteStreamResponse;
import io.byssus.proto.kv.v1.WriterStamp;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** One stream of writes at a fake dispatcher. Holds its caller to the window. */
final class FakeWriteStream implements StreamObserver<WriteStreamRequest> {
  private final FakeCluster cluster;
  private final FakeWrites writes;
  private final StreamObserver<WriteStreamResponse> to;
  private WriteStreamOpen open;

  // Guarded by this.
  private long lastNumber;
  private int unanswered;
  private boolean over;

  FakeWriteStream(FakeCluster cluster, FakeWrites writes, StreamObserver<WriteStreamResponse> to) {
    this.cluster = cluster;
    this.writes = writes;
    this.to = to;
  }

  @Override
  public void onNext(WriteStreamRequest request) {
    if (request.hasOpen()) {
      open = request.getOpen();
      Integer id = cluster.namespaces.get(open.getNamespace());
      if (id == null) {
        end(ErrorCode.NAMESPACE_NOT_FOUND);
        return;
      }
      answer(
          WriteStreamResponse.newBuilder()
              .setOpened(
                  WriteStreamOpened.newBuilder()
                      .setWindowWrites(cluster.windowWrites)
                      .setWindowBytes(1 << 20)
                      .setNamespaceId(id)
                      .setShardCount(cluster.shards.size())
                      .setDispatcherTimeMs(cluster.nowMillis()))
              .build());
    }
    cluster.streamMessages.incrementAndGet();
    request.getWritesList().forEach(this::write);
  }

  private void write(StreamedWrite write) {
    synchronized (this) {
      if (over) {
        return;
      }
      unanswered++;
      if (write.getNumber() <= lastNumber || unanswered > cluster.windowWrites) {
        end(ErrorCode.INVALID_REQUEST);
        return;
      }
      lastNumber = write.getNumber();
    }
    WriteOptions options =
        WriteOptions.newBuilder()
            .setNamespaceId(open.getNamespaceId())
            .setAcknowledgement(open.getAcknowledgement())
            .setStamp(
                WriterStamp.newBuilder()
                    .setWriterId(open.getWriterId())
                    .setSequence(write.getSequence())
                    .setLowestOpen(write.getLowestOpen())
                    .setAcceptUntilMs(write.getAcceptUntilMs()))
            .build();
    writes.write(
        write.getOperations(0).getPut().toStringUtf8(),
        open.getNamespace(),
        write.getPartitionKey(),
        write.getOperationsList(),
        options,
        new Result(write.getNumber()));
  }

  private final class Result implements FakeWrites.Reply {
    private final long number;

    Result(long number) {
      this.number = number;
    }

    @Override
    public void acknowledged(WriteResponse response) {
      result(WriteResult.newBuilder().setNumber(number).setResponse(response));
    }

    @Override
    public void refused(ErrorCode code) {
      result(
          WriteResult.newBuilder()
              .setNumber(number)
              .setError(
                  WriteError.newBuilder().setReason(code.name()).setMessage("as the test asked")));
    }

    @Override
    public void broken() {
      synchronized (FakeWriteStream.this) {
        if (!over) {
          over = true;
          to.onError(Status.UNAVAILABLE.withDescription("connection reset").asException());
        }
      }
    }
  }

  private void result(WriteResult.Builder result) {
    synchronized (this) {
      unanswered--;
    }
    answer(WriteStreamResponse.newBuilder().addResults(result).build());
  }

  private synchronized void answer(WriteStreamResponse response) {
    if (!over) {
      try {
        to.onNext(response);
      } catch (RuntimeException cancelled) {
        over = true;
      }
    }
  }

  private synchronized void end(ErrorCode code) {
    if (!over) {
      over = true;
      to.onError(GrpcErrors.toGrpc(new ByssusException(code, "as the test asked")));
    }
  }

  @Override
  public synchronized void onError(Throwable cancelled) {
    over = true;
  }

  @Override
  public synchronized void onCompleted() {
    if (!over) {
      over = true;
      to.onCompleted();
    }
  }
}
