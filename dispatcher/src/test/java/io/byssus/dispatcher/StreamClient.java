package io.byssus.dispatcher;

import static io.byssus.dispatcher.TestCluster.await;
import static io.byssus.dispatcher.TestCluster.bytes;

import com.google.protobuf.ByteString;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.StreamedWrite;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriteResult;
import io.byssus.proto.kv.v1.WriteStreamOpen;
import io.byssus.proto.kv.v1.WriteStreamOpened;
import io.byssus.proto.kv.v1.WriteStreamRequest;
import io.byssus.proto.kv.v1.WriteStreamResponse;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

/** A caller that streams writes, and takes results as it likes. */
public final class StreamClient
    implements ClientResponseObserver<WriteStreamRequest, WriteStreamResponse> {
  private final CompletableFuture<WriteStreamOpened> opened = new CompletableFuture<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final Map<Long, WriteResult> results = new ConcurrentHashMap<>();
  private final AtomicInteger messages = new AtomicInteger();
  private ClientCallStreamObserver<WriteStreamRequest> call;

  private StreamClient() {}

  /** Opens a stream, and reads its results. */
  static StreamClient open(Channel channel, WriteStreamOpen.Builder open) {
    StreamClient client = unread(channel, open);
    client.read(Integer.MAX_VALUE);
    return client;
  }

  /** Opens a stream, and reads nothing. */
  static StreamClient unread(Channel channel, WriteStreamOpen.Builder open) {
    StreamClient client = new StreamClient();
    KvServiceGrpc.newStub(channel).writeStream(client);
    client.call.onNext(WriteStreamRequest.newBuilder().setOpen(open).build());
    return client;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<WriteStreamRequest> stream) {
    call = stream;
    stream.disableAutoRequestWithInitial(0);
  }

  /** Reads so many messages more. */
  void read(int more) {
    call.request(more);
  }

  void send(StreamedWrite.Builder... writes) {
    WriteStreamRequest.Builder message = WriteStreamRequest.newBuilder();
    for (StreamedWrite.Builder write : writes) {
      message.addWrites(write);
    }
    call.onNext(message.build());
  }

  void send(WriteStreamRequest message) {
    call.onNext(message);
  }

  void halfClose() {
    call.onCompleted();
  }

  /** Breaks off without a word. */
  void cancel() {
    call.cancel("the test breaks off", null);
  }

  /** A put, to be sent. */
  public static StreamedWrite.Builder put(
      long number, String partitionKey, String sortKey, String value) {
    return write(
        number,
        partitionKey,
        WriteOperation.newBuilder().setSortKey(bytes(sortKey)).setPut(bytes(value)));
  }

  static StreamedWrite.Builder write(
      long number, String partitionKey, WriteOperation.Builder... operations) {
    StreamedWrite.Builder write =
        StreamedWrite.newBuilder()
            .setNumber(number)
            .setPartitionKey(ByteString.copyFromUtf8(partitionKey));
    for (WriteOperation.Builder operation : operations) {
      write.addOperations(operation);
    }
    return write;
  }

  WriteStreamOpened opened() throws Exception {
    return opened.get(30, TimeUnit.SECONDS);
  }

  /** The result of a write, when it comes. */
  WriteResult result(long number) {
    await().until(() -> results.containsKey(number));
    return results.get(number);
  }

  /** The results of the writes from 1 on, when all are there. */
  List<WriteResult> results(int count) {
    await().until(() -> results.size() == count);
    return LongStream.rangeClosed(1, count).mapToObj(results::get).toList();
  }

  int resultsNow() {
    return results.size();
  }

  /** How many messages brought the results. */
  int messages() {
    return messages.get();
  }

  /** Waits for the end in good order. */
  void awaitEnd() throws Exception {
    end.get(30, TimeUnit.SECONDS);
  }

  /** The error that the stream ends with. */
  ByssusException failure() throws Exception {
    return GrpcErrors.fromGrpc(
        end.handle((nothing, failure) -> failure).get(30, TimeUnit.SECONDS), ErrorCode.NO_REPLICA);
  }

  @Override
  public void onNext(WriteStreamResponse message) {
    if (message.hasOpened()) {
      opened.complete(message.getOpened());
    } else {
      messages.incrementAndGet();
    }
    for (WriteResult result : message.getResultsList()) {
      if (results.put(result.getNumber(), result) != null) {
        end.completeExceptionally(new AssertionError("two results for " + result.getNumber()));
      }
    }
  }

  @Override
  public void onError(Throwable failure) {
    opened.completeExceptionally(failure);
    end.completeExceptionally(failure);
  }

  @Override
  public void onCompleted() {
    end.complete(null);
  }
}
