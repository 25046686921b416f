package io.byssus.dispatcher.writes;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import io.byssus.proto.log.v1.WriterStamp;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * Numbers the writes of callers that bring no stamp of their own: this process is then the writer,
 * under an id of its own that is new with every start.
 *
 * <p>A sequence is open from its issue until the log has answered for its record, however long the
 * caller waits: closing it earlier would raise the floor above a record that may still be on its
 * way, which would then apply as nothing. One whose outcome is asked for is open until it has been
 * told, since a shard forgets the outcomes of closed sequences. At most {@link
 * Limits#WRITER_WINDOW} sequences per shard span the open ones; further writes wait in line.
 */
final class DispatcherWriter {
  /** How far ahead accept-until is set. */
  private static final Duration ACCEPTED_FOR = Duration.ofMinutes(5);

  /** The line at one shard's window; a longer one would only wait for its deadlines. */
  private static final int MAX_WAITING = 4_096;

  private final long idHigh;
  private final long idLow;
  private final Clock clock;
  private final Map<Integer, Window> windows = new ConcurrentHashMap<>();

  /** A writer with a new id. */
  DispatcherWriter(RandomGenerator random, Clock clock) {
    this.idHigh = random.nextLong();
    this.idLow = random.nextLong();
    this.clock = clock;
  }

  /** One open sequence. Must be closed once the log has answered, or the write was given up. */
  final class Slot {
    private final Window window;
    private final WriterStamp stamp;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Slot(Window window, WriterStamp stamp) {
      this.window = window;
      this.stamp = stamp;
    }

    WriterStamp stamp() {
      return stamp;
    }

    void close() {
      if (closed.compareAndSet(false, true)) {
        window.close(stamp.getSequence());
      }
    }

    /**
     * Closes a sequence whose record may still come into the log.
     *
     * @param passed run once every stamp issued from then on has its floor above the sequence, so
     *     that the late record would apply as nothing after any write under such a stamp; on
     *     whichever thread closed the last sequence below, so it must not block
     */
    void giveUp(Runnable passed) {
      if (closed.compareAndSet(false, true)) {
        window.giveUp(stamp.getSequence(), passed);
      }
    }
  }

  /**
   * Opens the next sequence of a shard, at once or when the window has room; then on the thread
   * that made room, which is the log's: what follows must not block. Cancelling the future leaves
   * the line. Fails OVERLOADED where the line is too long.
   */
  CompletableFuture<Slot> open(int shard) {
    return windows.computeIfAbsent(shard, number -> new Window()).open();
  }

  /** How many writes wait for room in the windows of all shards. */
  int waiting() {
    return windows.values().stream().mapToInt(Window::waiting).sum();
  }

  private record GivenUp(long sequence, Runnable passed) {}

  private final class Window {
    private final BitSet closedAhead = new BitSet(Limits.WRITER_WINDOW);
    private final ArrayDeque<CompletableFuture<Slot>> line = new ArrayDeque<>();
    private final PriorityQueue<GivenUp> givenUp =
        new PriorityQueue<>(Comparator.comparingLong(GivenUp::sequence));
    private final AtomicInteger admitting = new AtomicInteger();
    private long next = 1;
    private long lowestOpen = 1;
    private long lastAcceptUntilMillis;

    synchronized CompletableFuture<Slot> open() {
      if (hasRoom() && line.isEmpty()) {
        return CompletableFuture.completedFuture(issue());
      }
      if (line.size() >= MAX_WAITING) {
        return CompletableFuture.failedFuture(
            new ByssusException(
                ErrorCode.OVERLOADED,
                MAX_WAITING + " writes wait for room in the writer's window"));
      }
      CompletableFuture<Slot> place = new CompletableFuture<>();
      line.add(place);
      place.whenComplete((slot, failure) -> leaveIfCancelled(place));
      return place;
    }

    void giveUp(long sequence, Runnable passed) {
      synchronized (this) {
        givenUp.add(new GivenUp(sequence, passed));
      }
      close(sequence);
    }

    void close(long sequence) {
      List<Runnable> passed = new ArrayList<>(0);
      synchronized (this) {
        closedAhead.set(index(sequence));
        while (lowestOpen < next && closedAhead.get(index(lowestOpen))) {
          closedAhead.clear(index(lowestOpen));
          lowestOpen++;
        }
        while (!givenUp.isEmpty() && givenUp.peek().sequence < lowestOpen) {
          passed.add(givenUp.poll().passed);
        }
      }
      passed.forEach(Runnable::run);
      admitLine();
    }

    /**
     * Lets in who has room now. A write that is let in may fail and close its slot right here; the
     * counter turns that recursion into another turn of the loop.
     */
    private void admitLine() {
      if (admitting.getAndIncrement() > 0) {
        return;
      }
      int turns = 1;
      do {
        while (admitFirst()) {}
        turns = admitting.addAndGet(-turns);
      } while (turns > 0);
    }

    private boolean admitFirst() {
      CompletableFuture<Slot> place;
      Slot slot;
      synchronized (this) {
        if (line.isEmpty() || !hasRoom()) {
          return false;
        }
        place = line.remove();
        slot = issue();
      }
      if (!place.complete(slot)) {
        slot.close();
      }
      return true;
    }

    private boolean hasRoom() {
      return next - lowestOpen < Limits.WRITER_WINDOW;
    }

    private Slot issue() {
      long sequence = next++;
      lastAcceptUntilMillis =
          Math.max(lastAcceptUntilMillis, clock.millis() + ACCEPTED_FOR.toMillis());
      return new Slot(
          this,
          WriterStamp.newBuilder()
              .setWriterHigh(idHigh)
              .setWriterLow(idLow)
              .setSequence(sequence)
              .setLowestOpen(lowestOpen)
              .setAcceptUntilMs(lastAcceptUntilMillis)
              .build());
    }

    private void leaveIfCancelled(CompletableFuture<Slot> place) {
      if (place.isCancelled()) {
        synchronized (this) {
          line.remove(place);
        }
      }
    }

    private synchronized int waiting() {
      return line.size();
    }

    private int index(long sequence) {
      return (int) (sequence % Limits.WRITER_WINDOW);
    }
  }
}
