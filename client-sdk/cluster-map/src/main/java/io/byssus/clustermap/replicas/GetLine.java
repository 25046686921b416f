package io.byssus.clustermap.replicas;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.internal.v1.ShardGetAnswer;
import io.byssus.proto.internal.v1.ShardGetQuestion;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardGetStreamRequest;
import io.byssus.proto.internal.v1.ShardGetStreamResponse;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.KeyError;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks one server for single records, all questions over one call. What comes up while the loop is
 * busy goes out as one message: the more is asked, the less each question costs.
 *
 * <p>The call is made when there is something to ask, and anew after it has ended. What is open on
 * a call that ends fails with it: who asks knows whom else to ask.
 *
 * <p>Everything but {@link #ask} happens on the event loop of the connection, where questions are
 * answered too.
 */
final class GetLine {
  /** The most that a message holds; a server works it off in one go. */
  static final int MOST_QUESTIONS = 128;

  private static final int MESSAGES_AHEAD = 4;

  /** How many answers are taken in one go; see the server's {@code GetStream}. */
  private static final int PIECE = 32;

  private final Channel channel;
  private final EventLoop loop;
  private final Queue<Question> asked = new ConcurrentLinkedQueue<>();

  /** Whether the loop is going to look at what was asked. */
  private final AtomicBoolean due = new AtomicBoolean();

  private final Map<Long, Question> open = new HashMap<>();
  private final Deque<Question> unsent = new ArrayDeque<>();

  /** Questions that the server need not answer any more. */
  private final List<Long> gone = new ArrayList<>();

  private long lastId;
  private Line line;

  /**
   * A line on which nothing was asked.
   *
   * @param loop the one of the channel's connection
   */
  GetLine(Channel channel, EventLoop loop) {
    this.channel = channel;
    this.loop = loop;
  }

  /**
   * Asks for a record. To cancel the future tells the server. The future fails with a {@link
   * ByssusException}: NO_REPLICA where the server cannot be reached, DEADLINE_PASSED where it does
   * not answer in time.
   *
   * @param requestId for the server's log lines; may be empty
   */
  CompletableFuture<GetResponse> ask(ShardGetRequest get, long timeoutNanos, String requestId) {
    Question question = new Question(get, System.nanoTime() + timeoutNanos, requestId);
    asked.add(question);
    if (due.compareAndSet(false, true)) {
      try {
        // Later, even where this is the loop: what else comes up on it meanwhile goes along.
        loop.execute(this::send);
      } catch (RejectedExecutionException e) {
        due.set(false);
        refuse(new ByssusException(ErrorCode.NO_REPLICA, "the connection is closed"));
      }
    }
    return question;
  }

  private void refuse(ByssusException reason) {
    for (Question left = asked.poll(); left != null; left = asked.poll()) {
      left.completeExceptionally(reason);
    }
  }

  private void send() {
    due.set(false);
    for (Question next = asked.poll(); next != null; next = asked.poll()) {
      // What was cancelled meanwhile is nobody's question.
      if (!next.isDone()) {
        next.begin();
      }
    }
    if (line != null) {
      line.send();
    } else if (!unsent.isEmpty()) {
      gone.clear();
      line = new Line();
      line.begin();
    }
  }

  /** Does a step on the loop: now, where this is it. */
  private void here(Runnable step) {
    if (loop.inEventLoop()) {
      step.run();
    } else {
      later(step);
    }
  }

  private void later(Runnable step) {
    try {
      loop.execute(step);
    } catch (RejectedExecutionException e) {
      // The loop has ended: there is nobody else who could be at it.
      step.run();
    }
  }

  private void end(Question question, ByssusException failure) {
    if (open.remove(question.id, question)) {
      question.timeout.cancel(false);
      question.completeExceptionally(failure);
    }
  }

  /** A read under way. */
  private final class Question extends CompletableFuture<GetResponse> {
    private final ShardGetRequest get;
    private final long deadlineNanos;
    private final String requestId;
    private long id;
    private Future<?> timeout;

    Question(ShardGetRequest get, long deadlineNanos, String requestId) {
      this.get = get;
      this.deadlineNanos = deadlineNanos;
      this.requestId = requestId;
    }

    void begin() {
      id = ++lastId;
      open.put(id, this);
      unsent.add(this);
      timeout = loop.schedule(this::timeIsUp, leftNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      boolean cancelled = super.cancel(mayInterrupt);
      if (cancelled) {
        here(this::forget);
      }
      return cancelled;
    }

    private void forget() {
      if (open.remove(id, this)) {
        timeout.cancel(false);
        gone.add(id);
        send();
      }
    }

    private long leftNanos() {
      return Math.max(0, deadlineNanos - System.nanoTime());
    }

    private void timeIsUp() {
      end(this, new ByssusException(ErrorCode.DEADLINE_PASSED, "the server has not answered"));
    }

    ShardGetQuestion message() {
      // Rounded up: this side gives up first only where the other does not.
      long leftMillis = TimeUnit.NANOSECONDS.toMillis(leftNanos()) + 1;
      return ShardGetQuestion.newBuilder()
          .setId(id)
          .setGet(get)
          .setTimeoutMs((int) Math.min(Integer.MAX_VALUE, leftMillis))
          .setRequestId(requestId)
          .build();
    }
  }

  /** One call; gRPC tells some ends of it on the thread that it finds. */
  private final class Line extends ClientCall.Listener<ShardGetStreamResponse> {
    private final ClientCall<ShardGetStreamRequest, ShardGetStreamResponse> call;
    private final Deque<ShardGetAnswer> received = new ArrayDeque<>();

    /** Messages of which answers may be among the received. */
    private int untaken;

    private boolean begun;

    Line() {
      // Of nobody's request, and so of no deadline.
      Context caller = Context.ROOT.attach();
      try {
        call = channel.newCall(ShardServiceGrpc.getGetStreamMethod(), CallOptions.DEFAULT);
      } finally {
        Context.ROOT.detach(caller);
      }
    }

    void begin() {
      Context caller = Context.ROOT.attach();
      try {
        call.start(this, new Metadata());
        call.request(MESSAGES_AHEAD);
      } finally {
        Context.ROOT.detach(caller);
      }
      begun = true;
      send();
    }

    void send() {
      while (begun && line == this && !(unsent.isEmpty() && gone.isEmpty()) && call.isReady()) {
        ShardGetStreamRequest.Builder message = ShardGetStreamRequest.newBuilder().addAllGone(gone);
        gone.clear();
        while (message.getQuestionsCount() < MOST_QUESTIONS && !unsent.isEmpty()) {
          Question next = unsent.remove();
          if (open.get(next.id) == next) {
            message.addQuestions(next.message());
          }
        }
        if (message.getQuestionsCount() + message.getGoneCount() > 0) {
          call.sendMessage(message.build());
        }
      }
    }

    @Override
    public void onReady() {
      here(this::send);
    }

    @Override
    public void onMessage(ShardGetStreamResponse message) {
      here(
          () -> {
            received.addAll(message.getAnswersList());
            if (untaken++ == 0) {
              takePiece();
            }
          });
    }

    /** Takes some answers, and lets what follows on them go out before the next. */
    private void takePiece() {
      takeUpTo(PIECE);
      if (received.isEmpty()) {
        int messages = untaken;
        untaken = 0;
        // The next may come from within.
        call.request(messages);
      } else {
        later(this::takePiece);
      }
    }

    private void takeUpTo(int count) {
      for (int i = 0; i < count && !received.isEmpty(); i++) {
        take(received.remove());
      }
    }

    private void take(ShardGetAnswer answer) {
      Question question = open.remove(answer.getId());
      if (question == null) {
        // Too late.
        return;
      }
      question.timeout.cancel(false);
      if (answer.hasRecord()) {
        question.complete(answer.getRecord());
      } else {
        question.completeExceptionally(failure(answer.getError()));
      }
    }

    private static ByssusException failure(KeyError error) {
      return new ByssusException(
          ErrorCode.named(error.getReason()).orElse(ErrorCode.INTERNAL_FAULT), error.getMessage());
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      here(() -> ended(status, trailers));
    }

    private void ended(Status status, Metadata trailers) {
      if (line == this) {
        line = null;
      }
      Status why =
          status.isOk() ? Status.UNAVAILABLE.withDescription("the server has ended") : status;
      ByssusException failure =
          GrpcErrors.fromGrpc(why.asRuntimeException(trailers), ErrorCode.NO_REPLICA);
      takeUpTo(received.size());
      unsent.clear();
      gone.clear();
      List.copyOf(open.values()).forEach(question -> end(question, failure));
    }
  }
}
