package io.byssus.dispatcher;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.internal.v1.ShardGetAnswer;
import io.byssus.proto.internal.v1.ShardGetQuestion;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardGetStreamRequest;
import io.byssus.proto.internal.v1.ShardGetStreamResponse;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.KeyError;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/** Answers each question of a stream as a fake server answers a call, in a context of its own. */
final class FakeGetStream implements StreamObserver<ShardGetStreamRequest> {
  private final BiConsumer<ShardGetRequest, StreamObserver<GetResponse>> get;
  private final Executor threads;
  private final HeaderTaker headers;
  private final StreamObserver<ShardGetStreamResponse> caller;
  private final Context call = Context.current();
  private final Map<Long, Context.CancellableContext> open = new ConcurrentHashMap<>();

  /**
   * A stream that has brought nothing.
   *
   * @param headers takes what questions bring that calls bring in their headers
   */
  FakeGetStream(
      BiConsumer<ShardGetRequest, StreamObserver<GetResponse>> get,
      Executor threads,
      HeaderTaker headers,
      StreamObserver<ShardGetStreamResponse> caller) {
    this.get = get;
    this.threads = threads;
    this.headers = headers;
    this.caller = caller;
  }

  @Override
  public void onNext(ShardGetStreamRequest message) {
    for (long gone : message.getGoneList()) {
      end(gone);
    }
    for (ShardGetQuestion question : message.getQuestionsList()) {
      headers.take(question);
      Context.CancellableContext context = call.withCancellation();
      open.put(question.getId(), context);
      threads.execute(context.wrap(() -> get.accept(question.getGet(), new Answer(question))));
    }
  }

  private void end(long id) {
    Context.CancellableContext context = open.remove(id);
    if (context != null) {
      context.cancel(null);
    }
  }

  @Override
  public void onError(Throwable failure) {
    open.keySet().forEach(this::end);
  }

  @Override
  public void onCompleted() {
    open.keySet().forEach(this::end);
  }

  private final class Answer implements StreamObserver<GetResponse> {
    private final ShardGetQuestion question;

    Answer(ShardGetQuestion question) {
      this.question = question;
    }

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
    public void onCompleted() {
      end(question.getId());
    }

    private void send(ShardGetAnswer.Builder answer) {
      if (call.isCancelled()) {
        return;
      }
      synchronized (caller) {
        caller.onNext(
            ShardGetStreamResponse.newBuilder().addAnswers(answer.setId(question.getId())).build());
      }
    }
  }
}
