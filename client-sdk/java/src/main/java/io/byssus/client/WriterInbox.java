package io.byssus.client;

import io.byssus.client.calls.CallFailure;
import io.byssus.proto.kv.v1.WriteStreamResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * What other threads have for a writer's thread: writes that may be sent, and what came of its
 * streams. One lock, held for moments. Bounded by the writer's bound on open writes and by the
 * answers that a stream may have on their way.
 */
final class WriterInbox {
  private final Object lock = new Object();

  // Guarded by the lock.
  private List<StreamedWrite> sendable = new ArrayList<>();
  private List<Arrived> arrived = new ArrayList<>();
  private List<Unresolved> unresolved = new ArrayList<>();
  private boolean closed;
  private boolean woken;
  private boolean waiting;

  private final UntoldWrites untold = new UntoldWrites();

  /**
   * What came of a stream.
   *
   * @param response null at the end
   * @param failure at the end; null where it is a good one
   */
  record Arrived(
      WriteStreamCall stream, WriteStreamResponse response, CallFailure failure, boolean end) {}

  /** A write whose namespace could not be found. */
  record Unresolved(StreamedWrite write, CallFailure failure) {}

  /** What the writer's thread finds. */
  record Content(
      List<StreamedWrite> sendable, List<Arrived> arrived, List<Unresolved> unresolved) {}

  /**
   * Notes a write that has begun; it may have ended already.
   *
   * @return false where the inbox is closed: nobody else will end the write
   */
  boolean begun(StreamedWrite write) {
    synchronized (lock) {
      if (untold.isEmpty()) {
        // Also where the writer's thread, idle a moment ago, is just about to wait without end.
        woken = true;
        notifyWaiting();
      }
      untold.add(write);
      return !closed;
    }
  }

  /** Takes nothing more; every write whose caller was not told. */
  List<StreamedWrite> close() {
    synchronized (lock) {
      closed = true;
      return untold.all();
    }
  }

  /** Whether the callers of all writes were told. */
  boolean isIdle() {
    synchronized (lock) {
      return untold.isEmpty();
    }
  }

  /** The namespace of a write could not be found. */
  void unresolved(StreamedWrite write, CallFailure failure) {
    synchronized (lock) {
      unresolved.add(new Unresolved(write, failure));
      notifyWaiting();
    }
  }

  /** A write has its stamp. */
  void sendable(StreamedWrite write) {
    synchronized (lock) {
      sendable.add(write);
      notifyWaiting();
    }
  }

  void arrived(Arrived what) {
    synchronized (lock) {
      arrived.add(what);
      notifyWaiting();
    }
  }

  /** Lets the writer's thread look around. */
  void wake() {
    synchronized (lock) {
      woken = true;
      notifyWaiting();
    }
  }

  private void notifyWaiting() {
    if (waiting) {
      lock.notifyAll();
    }
  }

  /** Takes everything; waits for something, at most this long. */
  Content take(long nanos) throws InterruptedException {
    synchronized (lock) {
      long millis = nanos / 1_000_000;
      if (!woken && nanos > 0 && isEmpty()) {
        waiting = true;
        lock.wait(millis, (int) (nanos % 1_000_000));
        waiting = false;
      }
      woken = false;
      Content content = new Content(sendable, arrived, unresolved);
      sendable = new ArrayList<>();
      unresolved = new ArrayList<>();
      arrived = new ArrayList<>();
      return content;
    }
  }

  private boolean isEmpty() {
    return sendable.isEmpty() && arrived.isEmpty() && unresolved.isEmpty();
  }

  /** The writes whose callers wait for an outcome that has become due; each once. */
  List<StreamedWrite> overdue(long now) {
    synchronized (lock) {
      return untold.takeOverdue(now);
    }
  }

  /** The callers of these writes were told. */
  void told(List<StreamedWrite> writes) {
    synchronized (lock) {
      untold.told(writes);
      lock.notifyAll();
    }
  }

  /** Waits until the caller of every write that has begun by now was told its outcome. */
  void awaitTold() throws InterruptedException {
    synchronized (lock) {
      long last = untold.lastOrdinal();
      while (untold.anyUpTo(last)) {
        lock.wait();
      }
    }
  }
}
