package io.byssus.dispatcher;

import io.byssus.dispatcher.calls.CallDeadline;
import io.byssus.dispatcher.calls.UnaryAnswer;
import io.byssus.dispatcher.reads.ReadChecks;
import io.byssus.dispatcher.reads.ReadPath;
import io.byssus.dispatcher.writes.WriteChecks;
import io.byssus.dispatcher.writes.WriteIntent;
import io.byssus.dispatcher.writes.WritePath;
import io.byssus.dispatcher.writes.WriteStreamHost;
import io.byssus.process.CallCriticality;
import io.byssus.proto.kv.v1.Criticality;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.IncrementRequest;
import io.byssus.proto.kv.v1.KvServiceGrpc.KvServiceImplBase;
import io.byssus.proto.kv.v1.ListVersionsRequest;
import io.byssus.proto.kv.v1.ListVersionsResponse;
import io.byssus.proto.kv.v1.MultiGetRequest;
import io.byssus.proto.kv.v1.MultiGetResponse;
import io.byssus.proto.kv.v1.PutRequest;
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
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.LongSupplier;

/**
 * The key-value API: every public call on records comes in here. Writes go to the log by the {@link
 * WritePath} or a {@link WriteStreamHost}, reads to the replicas by the {@link ReadPath}.
 *
 * <p>Runs on gRPC's event loops: nothing here or behind it blocks.
 */
final class KvService extends KvServiceImplBase {
  private final WritePath writes;
  private final WriteStreamHost streams;
  private final ReadPath reads;
  private final LongSupplier nanoTime;

  KvService(WritePath writes, WriteStreamHost streams, ReadPath reads, LongSupplier nanoTime) {
    this.writes = writes;
    this.streams = streams;
    this.reads = reads;
    this.nanoTime = nanoTime;
  }

  /** The streams of writes, which have to be ended before the service is. */
  WriteStreamHost streams() {
    return streams;
  }

  @Override
  public void resolve(ResolveRequest request, StreamObserver<ResolveResponse> caller) {
    ReadChecks.check(request);
    UnaryAnswer.send(reads.resolve(request, deadline()), caller);
  }

  @Override
  public void put(PutRequest request, StreamObserver<WriteResponse> caller) {
    WriteChecks.check(request);
    as(
        request.getOptions().getCriticality(),
        () -> UnaryAnswer.send(writes.write(WriteIntent.of(request), deadline()), caller));
  }

  @Override
  public void delete(DeleteRequest request, StreamObserver<WriteResponse> caller) {
    WriteChecks.check(request);
    as(
        request.getOptions().getCriticality(),
        () -> UnaryAnswer.send(writes.write(WriteIntent.of(request), deadline()), caller));
  }

  @Override
  public void increment(IncrementRequest request, StreamObserver<WriteResponse> caller) {
    WriteChecks.check(request);
    as(
        request.getOptions().getCriticality(),
        () -> UnaryAnswer.send(writes.write(WriteIntent.of(request), deadline()), caller));
  }

  @Override
  public void writeBatch(WriteBatchRequest request, StreamObserver<WriteResponse> caller) {
    WriteChecks.check(request);
    as(
        request.getOptions().getCriticality(),
        () -> UnaryAnswer.send(writes.write(WriteIntent.of(request), deadline()), caller));
  }

  @Override
  public StreamObserver<WriteStreamRequest> writeStream(
      StreamObserver<WriteStreamResponse> caller) {
    return streams.open((ServerCallStreamObserver<WriteStreamResponse>) caller);
  }

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> caller) {
    ReadChecks.check(request);
    as(
        request.getOptions().getCriticality(),
        () -> UnaryAnswer.send(reads.get(request, deadline()), caller));
  }

  @Override
  public void multiGet(MultiGetRequest request, StreamObserver<MultiGetResponse> caller) {
    ReadChecks.check(request);
    as(
        request.getOptions().getCriticality(),
        () -> UnaryAnswer.send(reads.multiGet(request, deadline()), caller));
  }

  @Override
  public void scan(ScanRequest request, StreamObserver<ScanResponse> caller) {
    ReadChecks.check(request);
    as(
        request.getOptions().getCriticality(),
        () -> reads.scan(request, (ServerCallStreamObserver<ScanResponse>) caller));
  }

  @Override
  public void scanShard(ScanShardRequest request, StreamObserver<ScanShardResponse> caller) {
    ReadChecks.check(request);
    as(
        request.getOptions().getCriticality(),
        () -> reads.scanShard(request, (ServerCallStreamObserver<ScanShardResponse>) caller));
  }

  @Override
  public void listVersions(
      ListVersionsRequest request, StreamObserver<ListVersionsResponse> caller) {
    ReadChecks.check(request);
    as(
        request.getOptions().getCriticality(),
        () -> UnaryAnswer.send(reads.listVersions(request, deadline()), caller));
  }

  /** Does what a request asks for as one that is so critical, which tells the servers so. */
  private static void as(Criticality criticality, Runnable call) {
    CallCriticality.in(criticality).run(call);
  }

  private CallDeadline deadline() {
    return CallDeadline.of(Context.current(), nanoTime);
  }
}
