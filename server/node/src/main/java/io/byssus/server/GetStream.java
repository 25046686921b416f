package io.byssus.server;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.process.CallCriticality;
import io.byssus.process.InternalFaults;
import io.byssus.process.RequestId;
import io.byssus.proto.internal.v1.ShardGetAnswer;
import io.byssus.proto.internal.v1.ShardGetQuestion;
import io.byssus.proto.internal.v1.ShardGetStreamRequest;
import io.byssus.proto.internal.v1.ShardGetStreamResponse;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.kv.v1.Criticality;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.KeyError;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

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

  private final PointReads reads;
  private final Room room;
  private final Executor loop;
  private final ServerCallStreamObserver<ShardGetStreamResponse> caller;
  private final Map<Long, Context.CancellableContext> open = new ConcurrentHashMap<>();
  private final Queue<ShardGetAnswer> outbox = new ConcurrentLinkedQueue<>();

  private final AtomicBoolean sendDue = new AtomicBoolean();

  /** Whether a message has been asked for that is not there. On the event loop only. */
  private boolean asked;

  private volatile boolean ended;

  /** Room for the reads of all callers that wait for something. */
  static final class Room {
    /** As many as calls may be open. */
    static final int MOST = 4_096;

    private final ReadWaits waits;
    private final AtomicInteger count = new AtomicInteger();

    Room(ReadWaits waits) {
      this.waits = waits;
    }

    int taken() {
      return count.get();
    }

    private void enter(Criticality criticality) {
      int most = CallCriticality.share(criticality, MOST);
      if (count.incrementAndGet() > most) {
        count.decrementAndGet();
        throw new ByssusException(
            ErrorCode.OVERLOADED,
            most + " reads of single records wait already, as many as may for one to be let in");
      }
    }

    private void leave() {
      count.decrementAndGet();
    }
  }

  /**
   * Sets itself up: to be made within the call's handler.
   *
   * @param loop the call's event loop
   */
  GetStream(
      PointReads reads,
      Room room,
      Executor loop,
      ServerCallStreamObserver<ShardGetStreamResponse> caller) {
    this.reads = reads;
    this.room = room;
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
    message.getQuestionsList().forEach(this::read);
    takeMore();
  }

  private void forget(long id) {
    Context.CancellableContext waiting = open.get(id);
    if (waiting != null) {
      waiting.cancel(null);
    }
  }

  private void read(ShardGetQuestion question) {
    try {
      Optional<GetResponse> known = reads.atOnce(question.getGet());
      if (known.isPresent()) {
        answer(record(question, known.get()));
      } else {
        wait(question);
      }
    } catch (RuntimeException e) {
      answer(error(question, e));
    }
  }

  private void wait(ShardGetQuestion question) {
    room.enter(question.getGet().getView().getCriticality());
    int millis = question.getTimeoutMs();
    Context.CancellableContext context =
        room.waits.within(
            millis > 0 && millis < MOST_MILLIS ? millis : MOST_MILLIS, TimeUnit.MILLISECONDS);
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
                  answer(failure == null ? record(question, read) : error(question, failure));
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
    room.leave();
    open.remove(question.getId(), context);
    context.cancel(null);
  }

  private void answer(ShardGetAnswer answer) {
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
