package io.byssus.client;

import io.byssus.client.calls.Backoff;
import io.byssus.client.calls.CallFailure;
import io.byssus.client.calls.Calls;
import io.byssus.client.calls.Dispatcher;
import io.byssus.client.calls.LiveCalls;
import io.byssus.client.calls.ResolvedNamespace;
import io.byssus.client.calls.RetriedCall;
import io.byssus.client.stamps.OpenWrites;
import io.byssus.client.stamps.RecordOrder;
import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.WriteStreamOpen;
import io.byssus.proto.kv.v1.WriteStreamResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of a {@link StreamedWriter}. It alone sends, retries and ends the writer's writes, so
 * their state needs little locking: other threads put what they have into the {@link WriterInbox}.
 *
 * <p>No write has a timer or a thread hop of its own: what has become ready while one message was
 * being sent goes into the next, results come many to a message, and callers are told a batch at a
 * time on the callback executor. One look at the clock, ten times a second, ends the writes whose
 * deadline has passed.
 *
 * <p>When a stream breaks, its writes without a result are sent again on a stream to another
 * dispatcher, under the same stamps: which of them the log has, the shards know.
 */
final class WriterLoop implements LiveCalls.Call {
  private static final Logger LOG = LoggerFactory.getLogger(WriterLoop.class);

  private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final WritePath path;
  private final Calls calls;
  private final String namespaceName;
  private final RecordOrder order;
  private final WriteTerms terms;
  private final WriterInbox inbox = new WriterInbox();
  private final WriterOutcomes outcomes;
  private final Thread thread;
  private volatile ResolvedNamespace known;
  private volatile CallFailure closing;

  // Of the thread alone.
  private final ArrayDeque<StreamedWrite> sendable = new ArrayDeque<>();
  private final PriorityQueue<StreamedWrite> delayed =
      new PriorityQueue<>((a, b) -> Long.compare(a.retryAt() - b.retryAt(), 0));
  private WriteStreamCall stream;
  private Dispatcher last;
  private Backoff streamBackoff;
  private long streamAt;
  private long sweepAt;

  /**
   * @param terms of every write but for the deadline
   * @param open bounds the writer's writes
   */
  WriterLoop(
      WritePath path, String namespace, RecordOrder order, WriteTerms terms, OpenWrites open) {
    this.path = path;
    this.calls = path.calls();
    this.namespaceName = namespace;
    this.order = order;
    this.terms = terms;
    this.outcomes = new WriterOutcomes(calls, open, inbox);
    this.streamBackoff = calls.backoff();
    this.streamAt = calls.now();
    this.sweepAt = calls.now();
    this.thread = new Thread(this::run, "byssus-client-writer-" + namespace);
    this.thread.setDaemon(true);
  }

  void start() {
    thread.start();
    calls.live().begin(this);
  }

  WriterInbox inbox() {
    return inbox;
  }

  /** The order of the writes of each record, whichever way they go. */
  RecordOrder order() {
    return order;
  }

  /** Begins a write that holds its place in the bound on open writes. */
  void begin(StreamedWrite write) {
    write.hold().join();
    if (!inbox.begun(write) && write.abort(closing, terms.requestId())) {
      outcomes.tell(List.of(write));
    }
  }

  /** Has the caller of a write told that found no place. */
  void refuse(StreamedWrite write, CallFailure why) {
    write.refuse(why, terms.requestId());
    inbox.begun(write);
    outcomes.tellRefused(write);
  }

  /** Finds the namespace of a write whose turn has come. */
  void resolve(StreamedWrite write) {
    ResolvedNamespace found = known;
    if (found != null) {
      write.hold().openOn(found, path.writer());
      return;
    }
    path.directory()
        .resolve(
            namespaceName,
            terms.requestId(),
            write.deadline(),
            new RetriedCall.Outcome<>() {
              @Override
              public void answered(ResolvedNamespace resolved) {
                known = resolved;
                write.hold().openOn(resolved, path.writer());
              }

              @Override
              public void failed(CallFailure failure) {
                inbox.unresolved(write, failure);
              }
            });
  }

  /** Ends every open write with this failure, and the thread. */
  @Override
  public void abort(CallFailure failure) {
    closing = failure;
    inbox.wake();
  }

  private void run() {
    try {
      while (closing == null) {
        WriterInbox.Content content = inbox.take(patience());
        step(content);
      }
    } catch (RuntimeException | Error e) {
      LOG.error("a writer failed namespace={}", namespaceName, e);
      closing = CallFailure.local(ErrorCode.INTERNAL_FAULT, "the writer failed: " + e);
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but who wants it to end.
      closing = LiveCalls.clientClosed();
    }
    try {
      if (stream != null) {
        stream.stop();
      }
    } finally {
      // Those that begin after this are ended by the one who begins them.
      inbox.close().forEach(write -> abort(write, closing));
      outcomes.tellEnded();
      calls.live().end(this);
    }
  }

  private void step(WriterInbox.Content content) {
    long now = calls.now();
    content.arrived().forEach(arrived -> take(arrived, now));
    content.unresolved().forEach(unresolved -> abort(unresolved.write(), unresolved.failure()));
    sendable.addAll(content.sendable());
    while (!delayed.isEmpty() && delayed.peek().retryAt() - now <= 0) {
      resume(delayed.poll());
    }
    if (sweepAt - now <= 0) {
      sweepAt = now + SWEEP_NANOS;
      sweep(now);
    }
    send(now);
    outcomes.tellEnded();
  }

  private void resume(StreamedWrite write) {
    if (write.hold().isEnded()) {
      return;
    }
    if (write.hold().stamp() != null) {
      sendable.add(write);
    } else {
      resolve(write);
    }
  }

  private void sweep(long now) {
    CallFailure passed = CallFailure.local(ErrorCode.DEADLINE_PASSED, "the deadline passed");
    for (StreamedWrite write : inbox.overdue(now)) {
      abort(write, passed);
    }
    if (stream != null && stream.isSilent(now, calls.attemptNanos())) {
      WriteStreamCall silent = stream;
      silent.stop();
      broken(
          silent,
          CallFailure.local(ErrorCode.DEADLINE_PASSED, "a dispatcher does not answer"),
          now);
    }
  }

  /** How long there is nothing to do but for what others bring. */
  private long patience() {
    long now = calls.now();
    long until = inbox.isIdle() ? Long.MAX_VALUE : sweepAt - now;
    if (!delayed.isEmpty()) {
      until = Math.min(until, delayed.peek().retryAt() - now);
    }
    if (stream == null && !sendable.isEmpty()) {
      until = Math.min(until, streamAt - now);
    }
    return Math.max(0, until);
  }

  // Sending

  private void send(long now) {
    while (!sendable.isEmpty()) {
      StreamedWrite write = sendable.peek();
      if (write.hold().isEnded()) {
        sendable.poll();
        continue;
      }
      if (stream != null
          && stream.isIdle()
          && !stream.namespace().equals(write.hold().namespace())) {
        stream.stop();
        stream = null;
        streamAt = now;
      }
      if (stream == null) {
        if (streamAt - now > 0) {
          return;
        }
        open(write.hold().namespace(), now);
      }
      if (!stream.takes(write)) {
        break;
      }
      stream.add(write, now);
      sendable.poll();
    }
    if (stream != null) {
      stream.send();
    }
  }

  private void open(ResolvedNamespace namespace, long now) {
    last = calls.dispatchers().pick(last);
    stream = new WriteStreamCall(last, namespace, inbox);
    WriteStreamOpen message =
        WriteStreamOpen.newBuilder()
            .setNamespace(namespaceName)
            .setWriterId(path.writer().id())
            .setNamespaceId(namespace.id())
            .setAcknowledgement(terms.acknowledgement().toProto())
            .build();
    stream.open(message, terms.tag(), now);
  }

  // What comes back

  private void take(WriterInbox.Arrived arrived, long now) {
    if (arrived.stream() != stream) {
      return;
    }
    if (arrived.end()) {
      CallFailure failure = arrived.failure();
      broken(stream, failure == null ? CallFailure.endedEarly() : failure, now);
      return;
    }
    WriteStreamResponse response = arrived.response();
    stream.took(response, now);
    if (response.hasOpened()) {
      path.writer().clock().observe(response.getOpened().getDispatcherTimeMs());
      streamBackoff = calls.backoff();
    }
    for (io.byssus.proto.kv.v1.WriteResult result : response.getResultsList()) {
      StreamedWrite write = stream.answered(result.getNumber());
      if (write != null && !write.hold().isEnded()) {
        ended(write, result, now);
      }
    }
  }

  private void ended(StreamedWrite write, io.byssus.proto.kv.v1.WriteResult result, long now) {
    if (result.hasResponse()) {
      CallFailure implausible =
          CallFailure.implausible(result.getResponse(), write.hold().expectedShard());
      if (implausible != null) {
        forget(write.hold().namespace());
        abort(write, implausible);
        return;
      }
      if (result.getResponse().getDispatcherTimeMs() != 0) {
        path.writer().clock().observe(result.getResponse().getDispatcherTimeMs());
      }
      terms.session().saw(result.getResponse().getShard(), result.getResponse().getPosition());
      if (write.acknowledged(WriteResult.of(result.getResponse()))) {
        outcomes.ended(write);
      }
      return;
    }
    CallFailure failure =
        CallFailure.ofPart(
            result.getError().getReason(),
            result.getError().getMessage(),
            Duration.ofMillis(result.getError().getRetryAfterMs()));
    write.copyFailed(failure);
    failed(write, failure, now);
  }

  /** A write failed that has no copy under way: it goes again, or ends. */
  private void failed(StreamedWrite write, CallFailure failure, long now) {
    if (failure.knowledgeIsStale()) {
      forget(write.hold().namespace());
    }
    long retryAt = now + write.backoff(calls, failure);
    switch (write.hold().next(failure, retryAt - write.deadline() < 0)) {
      case NEW_STAMP -> {
        write.hold().dropStamp();
        delay(write, retryAt);
      }
      case AGAIN -> delay(write, retryAt);
      case END -> abort(write, failure);
    }
  }

  private void delay(StreamedWrite write, long retryAt) {
    write.retryAt(retryAt);
    delayed.add(write);
  }

  /** The stream is over: its writes go again on another, unless its failure is one of theirs. */
  private void broken(WriteStreamCall broken, CallFailure failure, long now) {
    List<StreamedWrite> writes = new ArrayList<>(broken.unanswered());
    stream = null;
    streamAt = now + streamBackoff.next(failure);
    for (StreamedWrite write : writes) {
      write.copyLost();
    }
    if (failure.retryable()) {
      // In their order, before those that were never sent.
      writes.removeIf(write -> write.hold().isEnded());
      for (int i = writes.size() - 1; i >= 0; i--) {
        sendable.addFirst(writes.get(i));
      }
      return;
    }
    writes.addAll(sendable);
    sendable.clear();
    for (StreamedWrite write : writes) {
      if (!write.hold().isEnded()) {
        failed(write, failure, now);
      }
    }
  }

  private void forget(ResolvedNamespace namespace) {
    path.directory().drop(namespaceName, namespace);
    if (namespace.equals(known)) {
      known = null;
    }
  }

  private void abort(StreamedWrite write, CallFailure failure) {
    if (write.abort(failure, terms.requestId())) {
      outcomes.ended(write);
    }
  }
}
