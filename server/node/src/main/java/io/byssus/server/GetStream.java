package io.byssus.server;

import io.byssus.model.ByssusException;
import io.byssus.process.InternalFaults;
import io.byssus.process.RequestId;
import io.byssus.proto.internal.v1.ShardGetAnswer;
import io.byssus.proto.internal.v1.ShardGetQuestion;
import io.byssus.proto.internal.v1.ShardGetStreamRequest;
import io.byssus.proto.internal.v1.ShardGetStreamResponse;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.KeyError;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The reads of single records that come by one call, which belongs to an event loop: what memory
 * tells is read there, what only the disk tells elsewhere, and answers go out from there, all that
 * are there in one message.
 *
 * <p>No more is taken from a caller who does not take his answers, so what is kept for him is what
 * waits, and that is bounded for all callers together.
 */
final class GetStream implements StreamObserver<ShardGetStreamRequest> {
  private static final int MOST_MILLIS = 30_000;
  private static final int MOST_QUESTIONS = 128;
  private static final int MESSAGE_BYTES = 256 * 1024;

  /**
   * How many questions are read before the answers go out: the caller works on them while the next
   * are read. With a message at a time the two took turns, each idle while the other worked.
   */
  private static final int PIECE = 32;

  private final PointReads reads;
  private final GetStreams all;
  private final Executor loop;
  private final ServerCallStreamObserver<ShardGetStreamResponse> caller;
  private final Map<Long, Context.CancellableContext> open = new ConcurrentHashMap<>();
  private final Queue<ShardGetAnswer> outbox = new ConcurrentLinkedQueue<>();

  private final AtomicBoolean sendDue = new AtomicBoolean();

  /** Whether a message has been asked for that is not there. On the event loop only. */
  private boolean asked;

  private volatile boolean ended;

  /**
   * Sets itself up: to be made within the call's handler.
   *
   * @param loop the call's event loop
   */
  GetStream(
      PointReads reads,
      GetStreams all,
      Executor loop,
      ServerCallStreamObserver<ShardGetStreamResponse> caller) {
    this.reads = reads;
    this.all = all;
    this.loop = loop;
    this.caller = caller;
    caller.disableAutoRequest();
    caller.setOnReadyHandler(this::takeMore);
    caller.setOnCancelHandler(this::end);
  }

  private void takeMore() {
    if (!asked && !ended && caller.isReady()) {
      asked = true;
      caller.request(1);
    }
  }

  @Override
  public void onNext(ShardGetStreamRequest message) {
    asked = false;
    if (message.getQuestionsCount() > MOST_QUESTIONS) {
      end();
      caller.onError(
          ReadService.toGrpc(
              ByssusException.invalid(
                  "questions",
                  "are " + message.getQuestionsCount() + "; at most " + MOST_QUESTIONS)));
      return;
    }
    message.getGoneList().forEach(this::forget);
    read(message.getQuestionsList());
  }

  /** Reads a piece, sends what is answered, and lets the loop come round before the next. */
  private void read(List<ShardGetQuestion> questions) {
    if (ended) {
      return;
    }
    int piece = Math.min(questions.size(), PIECE);
    questions.subList(0, piece).forEach(this::read);
    if (piece < questions.size()) {
      send();
      loop.execute(() -> read(questions.subList(piece, questions.size())));
    } else {
      takeMore();
    }
  }

  private void forget(long id) {
    Context.CancellableContext waiting = open.get(id);
    if (waiting != null) {
      waiting.cancel(null);
    }
  }

  private void read(ShardGetQuestion question) {
    long begin = System.nanoTime();
    try {
      Optional<GetResponse> known = reads.atOnce(question.getGet());
      if (known.isPresent()) {
        answer(record(question, known.get()), begin);
      } else {
        wait(question, begin);
      }
    } catch (RuntimeException e) {
      answer(error(question, e), begin);
    }
  }

  private void wait(ShardGetQuestion question, long begin) {
    all.enter(question.getGet().getView().getCriticality());
    int millis = question.getTimeoutMs();
    Context.CancellableContext context =
        all.within(millis > 0 && millis < MOST_MILLIS ? millis : MOST_MILLIS);
    open.put(question.getId(), context);
    if (ended) {
      context.cancel(null);
    }
    Context before = context.attach();
    try {
      reads
          .readLater(question.getGet(), loop)
          .whenComplete(
              (read, failure) -> {
                leave(question, context);
                if (!ended) {
                  answer(
                      failure == null ? record(question, read) : error(question, failure), begin);
                }
              });
    } catch (RuntimeException e) {
      leave(question, context);
      throw e;
    } finally {
      context.detach(before);
    }
  }

  private void leave(ShardGetQuestion question, Context.CancellableContext context) {
    all.leave();
    open.remove(question.getId(), context);
    context.cancel(null);
  }

  private void answer(ShardGetAnswer answer, long begin) {
    all.answered(answer.getError().getReason(), System.nanoTime() - begin);
    outbox.add(answer);
    if (sendDue.compareAndSet(false, true)) {
      loop.execute(this::send);
    }
  }

  private void send() {
    sendDue.set(false);
    while (!outbox.isEmpty() && !ended) {
      caller.onNext(message());
    }
  }

  private ShardGetStreamResponse message() {
    ShardGetStreamResponse.Builder message = ShardGetStreamResponse.newBuilder();
    int bytes = 0;
    for (ShardGetAnswer next = outbox.poll(); next != null; next = outbox.poll()) {
      message.addAnswers(next);
      bytes += next.getRecord().getRecord().getValue().size();
      if (bytes >= MESSAGE_BYTES) {
        break;
      }
    }
    return message.build();
  }

  private static ShardGetAnswer record(ShardGetQuestion question, GetResponse read) {
    return ShardGetAnswer.newBuilder().setId(question.getId()).setRecord(read).build();
  }

  private static ShardGetAnswer error(ShardGetQuestion question, Throwable failure) {
    ByssusException told =
        RequestId.call(
            question.getRequestId(),
            () -> InternalFaults.tell(failure, ShardServiceGrpc.SERVICE_NAME + "/GetStream"));
    return ShardGetAnswer.newBuilder()
        .setId(question.getId())
        .setError(KeyError.newBuilder().setReason(told.code().name()).setMessage(told.getMessage()))
        .build();
  }

  @Override
  public void onCompleted() {
    // Who asks nothing more waits for nothing.
    if (!ended) {
      send();
      end();
      caller.onCompleted();
    }
  }

  @Override
  public void onError(Throwable failure) {
    end();
  }

  private void end() {
    ended = true;
    open.values().forEach(context -> context.cancel(null));
  }
}
