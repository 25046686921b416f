package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.proto.kv.v1.WriteOperation;
import java.util.List;

/**
 * One write of a {@link StreamedWriter}, from its call to its one outcome; the counterpart of
 * {@link WriteCall}, with the writer's thread in the place of timers and callbacks. It waits for
 * its records' turn and for room in its shard's window on whichever thread brings them, and then
 * goes to the inbox. Only the writer's thread sends and ends it: {@code ended} is set under the
 * lock, and whoever brings a turn or a stamp looks at it under the lock.
 */
final class StreamedWrite {
  private final WriterLoop loop;
  private final ByteString partitionKey;
  private final int bytes;
  private final long deadline;
  private final RecordOrder.Turn turn;

  /** Guarded by the inbox. */
  long ordinal;

  /** Guarded by the inbox. */
  boolean told;

  // Guarded by this.
  private boolean ended;

  /** Null once it has ended: a stream that it was sent on may remember it for long. */
  private List<WriteOperation> operations;

  private ResolvedNamespace namespace;
  private ShardWriter shard;
  private ShardWriter.Opening opening;
  private Stamp stamp;

  // Of the writer's thread.
  private boolean underWay;
  private boolean maybeHandedOver;
  private int stamps;
  private CallFailure earlier;
  private Backoff backoff;
  private long retryAt;
  private WriteResult result;
  private ByssusClientException failure;

  /** Null once it was told. */
  private WriteListener listener;

  StreamedWrite(
      WriterLoop loop,
      ByteString partitionKey,
      List<Key> records,
      List<WriteOperation> operations,
      int bytes,
      long deadline,
      WriteListener listener) {
    this.loop = loop;
    this.partitionKey = partitionKey;
    this.operations = operations;
    this.bytes = bytes;
    this.deadline = deadline;
    this.listener = listener;
    this.turn = RecordOrder.turn(records, () -> loop.resolve(this));
  }

  RecordOrder.Turn turn() {
    return turn;
  }

  int bytes() {
    return bytes;
  }

  long deadline() {
    return deadline;
  }

  synchronized ResolvedNamespace namespace() {
    return namespace;
  }

  /** Its turn has come, and the namespace is known: waits for its stamp. */
  void openOn(ResolvedNamespace found, WriterSession writer) {
    ShardWriter target = writer.shard(found.shard(partitionKey));
    ShardWriter.Opening mine = issued -> issued(target, issued);
    synchronized (this) {
      if (ended) {
        return;
      }
      namespace = found;
      shard = target;
      opening = mine;
    }
    target.open(mine);
  }

  private void issued(ShardWriter target, Stamp issued) {
    boolean tooLate;
    synchronized (this) {
      tooLate = ended;
      if (!tooLate) {
        opening = null;
        stamp = issued;
      }
    }
    if (tooLate) {
      target.close(issued.sequence());
    } else {
      loop.inbox().sendable(this);
    }
  }

  // From here on: the writer's thread alone.

  /** The message of one more copy. */
  synchronized io.byssus.proto.kv.v1.StreamedWrite sent(long number) {
    underWay = true;
    return io.byssus.proto.kv.v1.StreamedWrite.newBuilder()
        .setNumber(number)
        .setPartitionKey(partitionKey)
        .addAllOperations(operations)
        .setSequence(stamp.sequence())
        .setLowestOpen(stamp.lowestOpen())
        .setAcceptUntilMs(stamp.acceptUntilMillis())
        .build();
  }

  /** Which shard must answer. */
  synchronized int expectedShard() {
    return namespace.shard(partitionKey);
  }

  /** A copy of it failed by name. */
  void copyFailed(CallFailure why) {
    underWay = false;
    earlier = why.orEarlier(earlier);
    maybeHandedOver |= why.maybeHandedOver();
  }

  /** The stream broke on which a copy of it had been sent. */
  void copyLost() {
    underWay = false;
    maybeHandedOver = true;
  }

  boolean mayHaveNewStamp(int maxStamps) {
    return !maybeHandedOver && stamps + 1 < maxStamps;
  }

  /** Closes a stamp of which no copy was handed over; the records stay this write's. */
  void dropStamp() {
    Stamp unused;
    ShardWriter target;
    synchronized (this) {
      unused = stamp;
      target = shard;
      stamp = null;
    }
    stamps++;
    target.close(unused.sequence());
  }

  synchronized boolean hasStamp() {
    return stamp != null;
  }

  synchronized boolean isEnded() {
    return ended;
  }

  long backoff(Calls calls, CallFailure why) {
    if (backoff == null) {
      backoff = calls.backoff();
    }
    return backoff.next(why);
  }

  void retryAt(long when) {
    retryAt = when;
  }

  long retryAt() {
    return retryAt;
  }

  /** It was acknowledged. Returns whether it had not ended before. */
  boolean acknowledged(WriteResult acknowledgement, RecordOrder order) {
    if (!end()) {
      return false;
    }
    result = acknowledgement;
    giveBack(false, order);
    return true;
  }

  /** It ends without an acknowledgement. Returns whether it had not ended before. */
  boolean abort(CallFailure last, String requestId, RecordOrder order) {
    if (!end()) {
      return false;
    }
    CallFailure why = last.orEarlier(earlier);
    boolean maybeWritten = maybeHandedOver || underWay;
    failure =
        maybeWritten ? Failures.indeterminate(why, requestId) : Failures.notWritten(why, requestId);
    giveBack(maybeWritten, order);
    return true;
  }

  /** It ends before it has begun: it has no place and stands in no line. */
  void refuse(CallFailure why, String requestId) {
    end();
    failure = Failures.notWritten(why, requestId);
  }

  private synchronized boolean end() {
    boolean first = !ended;
    ended = true;
    operations = null;
    return first;
  }

  /** Returns what it holds: nothing else changes once {@code ended} is set. */
  private void giveBack(boolean maybeWritten, RecordOrder order) {
    if (stamp != null && maybeWritten) {
      RecordOrder.Turn mine = turn;
      shard.giveUp(stamp.sequence(), () -> order.leave(mine));
      return;
    }
    if (stamp != null) {
      shard.close(stamp.sequence());
    } else if (opening != null) {
      shard.withdraw(opening);
    }
    order.leave(turn);
  }

  /** Tells the caller, on the callback executor. */
  void tell() {
    WriteListener waiting = listener;
    listener = null;
    waiting.ended(result, failure);
  }
}
