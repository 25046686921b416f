package io.byssus.client.stamps;

import com.google.protobuf.ByteString;
import io.byssus.client.calls.CallFailure;
import io.byssus.client.calls.ResolvedNamespace;
import java.util.List;

/**
 * What one open write holds, by whichever way it goes: its place in the lines of its records, and
 * its stamp, or its place among those that wait for one. Knows what became of its copies, and so
 * what may follow. {@link ShardWriter} tells why in this order.
 *
 * <p>{@code ended} is set under this object's lock by whoever ends the write, and every step looks
 * at it under the lock before it takes hold of anything; {@link #giveBack} then returns what is
 * held. A way that takes hold of more (an attempt, a timer) does so under the same lock.
 */
public final class WriteHold implements ShardWriter.Opening {
  /** How many stamps a write may use up that is certainly not written under any of them. */
  private static final int MAX_STAMPS = 5;

  private final RecordOrder order;
  private final ByteString partitionKey;
  private final Owner owner;
  private final RecordOrder.Turn turn;

  // Guarded by this.
  private boolean ended;
  private ResolvedNamespace namespace;
  private ShardWriter shard;
  private int shardNumber;
  private boolean waitsForStamp;
  private Stamp stamp;
  private int stamps;
  private boolean maybeHandedOver;
  private CallFailure earlier;

  /** The write: is told how far it is, on whichever thread brings it there. Must not block. */
  public interface Owner {
    /** It is the first of all its records' writes. */
    void turnCame();

    /** It has its stamp, and may be sent. */
    void stamped();
  }

  /** What follows when a copy has failed. */
  public enum Next {
    /** Another copy, under another stamp. */
    NEW_STAMP,
    /** Another copy. */
    AGAIN,
    /** The write's end. */
    END
  }

  /**
   * Holds nothing yet.
   *
   * @param records no record twice
   */
  public WriteHold(RecordOrder order, List<?> records, ByteString partitionKey, Owner owner) {
    this.order = order;
    this.partitionKey = partitionKey;
    this.owner = owner;
    this.turn = RecordOrder.turn(records, owner::turnCame);
  }

  /** Joins its records' lines. */
  public void join() {
    order.join(turn);
  }

  /** Its turn has come, and the namespace is known: waits for its stamp. */
  public void openOn(ResolvedNamespace found, WriterSession writer) {
    int number = found.shard(partitionKey);
    ShardWriter target = writer.shard(number);
    synchronized (this) {
      if (ended) {
        return;
      }
      namespace = found;
      shard = target;
      shardNumber = number;
      waitsForStamp = true;
    }
    target.open(this);
  }

  @Override
  public void opened(Stamp issued) {
    ShardWriter tooLate;
    synchronized (this) {
      tooLate = ended ? shard : null;
      if (!ended) {
        waitsForStamp = false;
        stamp = issued;
        stamps++;
      }
    }
    if (tooLate != null) {
      tooLate.close(issued.sequence());
    } else {
      owner.stamped();
    }
  }

  public synchronized ResolvedNamespace namespace() {
    return namespace;
  }

  /** Which shard must answer. */
  public synchronized int expectedShard() {
    return shardNumber;
  }

  /** Null where it has none. */
  public synchronized Stamp stamp() {
    return stamp;
  }

  public synchronized boolean isEnded() {
    return ended;
  }

  /** A copy may be in the log, or on its way there. */
  public synchronized void handedOver() {
    maybeHandedOver = true;
  }

  public synchronized boolean maybeHandedOver() {
    return maybeHandedOver;
  }

  /** A copy failed by name. */
  public synchronized void copyFailed(CallFailure why) {
    earlier = why.orEarlier(earlier);
    maybeHandedOver |= why.maybeHandedOver();
  }

  /**
   * What follows a copy that failed.
   *
   * @param inTime whether another would be before the deadline
   */
  public synchronized Next next(CallFailure failure, boolean inTime) {
    if (inTime && failure.needsNewStamp() && !maybeHandedOver && stamps < MAX_STAMPS) {
      return Next.NEW_STAMP;
    }
    return inTime && failure.retryable() ? Next.AGAIN : Next.END;
  }

  /**
   * Closes a stamp of which no copy was handed over. The records stay this write's: those behind it
   * wait on. Nothing where the write has ended, and the stamp with it.
   */
  public void dropStamp() {
    Stamp unused;
    ShardWriter target;
    synchronized (this) {
      if (ended) {
        return;
      }
      unused = stamp;
      target = shard;
      stamp = null;
    }
    target.close(unused.sequence());
  }

  /** Ends the write. Returns whether it had not ended before. */
  public synchronized boolean end() {
    boolean first = !ended;
    ended = true;
    return first;
  }

  /** Why the write failed, whose last copy failed so. */
  public synchronized CallFailure why(CallFailure last) {
    return last.orEarlier(earlier);
  }

  /** Returns what an ended write holds: nothing else changes once {@code ended} is set. */
  public void giveBack(boolean maybeWritten) {
    if (stamp != null && maybeWritten) {
      shard.giveUp(stamp.sequence(), leaving(order, turn));
      return;
    }
    if (stamp != null) {
      shard.close(stamp.sequence());
    } else if (waitsForStamp) {
      shard.withdraw(this);
    }
    order.leave(turn);
  }

  /** Holds on to nothing of the write, which may be large: it may be minutes until this runs. */
  private static Runnable leaving(RecordOrder order, RecordOrder.Turn turn) {
    return () -> order.leave(turn);
  }
}
