package io.byssus.client.stamps;

import com.google.protobuf.ByteString;
import io.byssus.client.calls.DispatcherClock;
import io.byssus.client.calls.Trampoline;
import io.byssus.model.Limits;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Numbers this client's writes to one shard, and knows which of them are still open.
 *
 * <h2>Why an acknowledged write is never undone by a late copy of an older one</h2>
 *
 * <p>A write that gets no answer is sent again, through another dispatcher. From then on there are
 * two copies, and nobody can call one back: the first may sit in the producer of a dispatcher that
 * has lost its broker, and reach the log minutes later. By then the record may have been written
 * anew, and acknowledged. If the old copy took effect then, it would undo an acknowledged write.
 * These rules keep it from that; each is needed.
 *
 * <p><b>One stamp per write.</b> The first time a write is sent it gets a stamp, and every copy
 * carries the same: sequence, lowest open sequence, accept-until. The shard keeps, per writer,
 * which of the last 1,024 sequences it has applied, and the <em>floor</em>: the highest lowest-open
 * that it has seen. Of all copies of one sequence it applies the first, and none that comes below
 * the floor or after its accept-until. So an <em>acknowledged</em> write cannot happen again: its
 * sequence stands in the shard's bitmap, or lies below the floor, or the shard has forgotten the
 * writer, which it does only after the last accept-until of the writer, the copy's own included,
 * because accept-until never decreases with the sequence.
 *
 * <p><b>A window.</b> The bitmap covers every open sequence only if {@code sequence − lowest open <
 * 1,024} for every stamp. At a full window writes wait here, in order.
 *
 * <p><b>A floor that is never above an open write.</b> A sequence is closed when its write can have
 * no more effect that this client would tell anyone of: it was acknowledged, or certainly not
 * written, or given up. The lowest open sequence is the lowest that is not closed. While a write is
 * open, no stamp made here lifts the floor above it, so its copies are applied whenever they arrive
 * in time, and its acknowledgement speaks the truth.
 *
 * <p><b>One write of a record at a time.</b> Copies of two open writes may reach the log in either
 * order. So {@link RecordOrder} lets a write out only after the one before it, of the same record,
 * has ended; a batch waits for, and holds up, every record in it.
 *
 * <p><b>Giving up.</b> That leaves the write that ended without an answer: given up at its
 * deadline, perhaps never logged, with copies perhaps still on their way. Its sequence g is in no
 * bitmap, so a copy would be applied. Closing g alone is no help: what protects the record's next
 * write is that the shard's floor lies above g at the latest when that next write is applied. The
 * floor comes with the next write itself, as its lowest-open, if that is above g when the stamp is
 * made. Hence {@link #giveUp}: the record's turn passes on only once the lowest open sequence has
 * passed g, which needs every sequence below g to be closed too. Each of them has a deadline, so
 * this takes no longer than the longest of those; a write of the record whose own deadline comes
 * first ends as certainly not written, for nothing of it was ever sent. Then, in the log, a copy of
 * g stands either before the next write, which overwrites it, or after it, and is below the floor
 * that it set.
 *
 * <p>What this does not do: order writes of different clients. A given-up write may land on top of
 * another client's newer write until its accept-until has passed.
 *
 * <h2>Concurrency</h2>
 *
 * One lock, held for arithmetic only. Openings and what waits for the floor run outside it, on the
 * thread that caused them, through the {@link Trampoline}.
 */
public final class ShardWriter {
  private static final int WINDOW = Limits.WRITER_WINDOW;

  private final Object lock = new Object();
  private final ByteString writerId;
  private final DispatcherClock clock;
  private final long acceptForMillis;

  private long nextSequence = 1;
  private long lowestOpen = 1;
  private long acceptUntilMillis;

  /**
   * Which sequences from lowestOpen to nextSequence are closed, each at its number modulo WINDOW.
   */
  private final BitSet closed = new BitSet(WINDOW);

  /** What waits for room in the window, in order. As many as the client's bound on open writes. */
  private final LinkedHashSet<Opening> waiting = new LinkedHashSet<>();

  /** What waits for the floor to pass a given-up sequence: fewer than WINDOW. */
  private final PriorityQueue<GivenUp> givenUp = new PriorityQueue<>();

  /** Takes the stamp of a write that may now be sent. */
  interface Opening {
    void opened(Stamp stamp);
  }

  private record GivenUp(long sequence, Runnable passed) implements Comparable<GivenUp> {
    @Override
    public int compareTo(GivenUp other) {
      return Long.compare(sequence, other.sequence);
    }
  }

  /**
   * @param acceptForMillis how long after its first issue a write may take effect
   */
  ShardWriter(ByteString writerId, DispatcherClock clock, long acceptForMillis) {
    this.writerId = writerId;
    this.clock = clock;
    this.acceptForMillis = acceptForMillis;
  }

  /** Opens the next sequence, now or when the window has room; then calls back, once. */
  void open(Opening opening) {
    Stamp stamp;
    synchronized (lock) {
      if (!waiting.isEmpty() || isFull()) {
        waiting.add(opening);
        return;
      }
      stamp = issue();
    }
    opening.opened(stamp);
  }

  /**
   * Takes back an opening that still waits.
   *
   * @return false where it has its stamp, or is about to be given it
   */
  boolean withdraw(Opening opening) {
    synchronized (lock) {
      return waiting.remove(opening);
    }
  }

  /** Closes a sequence whose write was acknowledged or is certainly not written. */
  void close(long sequence) {
    List<Runnable> next = new ArrayList<>();
    synchronized (lock) {
      closeLocked(sequence, next);
    }
    Trampoline.run(next);
  }

  /**
   * Closes a sequence whose write may still take effect.
   *
   * @param passed run once every stamp made from then on lies above the sequence
   */
  void giveUp(long sequence, Runnable passed) {
    List<Runnable> next = new ArrayList<>();
    synchronized (lock) {
      givenUp.add(new GivenUp(sequence, passed));
      closeLocked(sequence, next);
    }
    Trampoline.run(next);
  }

  private void closeLocked(long sequence, List<Runnable> next) {
    if (sequence < lowestOpen || sequence >= nextSequence || closed.get(slot(sequence))) {
      throw new IllegalStateException("sequence " + sequence + " is not open");
    }
    closed.set(slot(sequence));
    while (lowestOpen < nextSequence && closed.get(slot(lowestOpen))) {
      closed.clear(slot(lowestOpen));
      lowestOpen++;
    }
    while (!givenUp.isEmpty() && givenUp.peek().sequence < lowestOpen) {
      next.add(givenUp.poll().passed);
    }
    if (waiting.isEmpty()) {
      return;
    }
    Iterator<Opening> openings = waiting.iterator();
    while (openings.hasNext() && !isFull()) {
      Opening opening = openings.next();
      openings.remove();
      Stamp stamp = issue();
      next.add(() -> opening.opened(stamp));
    }
  }

  private boolean isFull() {
    return nextSequence - lowestOpen >= WINDOW;
  }

  private Stamp issue() {
    acceptUntilMillis = Math.max(acceptUntilMillis, clock.millis() + acceptForMillis);
    return new Stamp(writerId, nextSequence++, lowestOpen, acceptUntilMillis);
  }

  private static int slot(long sequence) {
    return (int) (sequence % WINDOW);
  }
}
