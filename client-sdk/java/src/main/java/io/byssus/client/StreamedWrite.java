package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.client.calls.Backoff;
import io.byssus.client.calls.CallFailure;
import io.byssus.client.calls.Calls;
import io.byssus.client.stamps.RecordOrder;
import io.byssus.client.stamps.Stamp;
import io.byssus.client.stamps.WriteHold;
import io.byssus.proto.kv.v1.WriteOperation;
import java.util.List;

/**
 * One write of a {@link StreamedWriter}, from its call to its one outcome; the counterpart of
 * {@link WriteCall}, with the writer's thread in the place of timers and callbacks. It waits for
 * its records' turn and for room in its shard's window on whichever thread brings them, and then
 * goes to the inbox. Only the writer's thread sends and ends it.
 */
final class StreamedWrite implements WriteHold.Owner {
  private final WriterLoop loop;
  private final ByteString partitionKey;
  private final int bytes;
  private final long deadline;
  private final WriteHold hold;

  /** Guarded by the inbox. */
  long ordinal;

  /** Guarded by the inbox. */
  boolean told;

  // Of the writer's thread.

  /** Null once it has ended: a stream that it was sent on may remember it for long. */
  private List<WriteOperation> operations;

  private boolean underWay;
  private Backoff backoff;
  private long retryAt;
  private WriteResult result;
  private ByssusClientException failure;

  /** Null once it was told. */
  private WriteListener listener;

  StreamedWrite(
      WriterLoop loop,
      RecordOrder order,
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
    this.hold = new WriteHold(order, records, partitionKey, this);
  }

  WriteHold hold() {
    return hold;
  }

  int bytes() {
    return bytes;
  }

  long deadline() {
    return deadline;
  }

  @Override
  public void turnCame() {
    loop.resolve(this);
  }

  @Override
  public void stamped() {
    loop.inbox().sendable(this);
  }

  // From here on: the writer's thread alone.

  /** The message of one more copy. */
  io.byssus.proto.kv.v1.StreamedWrite sent(long number) {
    underWay = true;
    Stamp stamp = hold.stamp();
    return io.byssus.proto.kv.v1.StreamedWrite.newBuilder()
        .setNumber(number)
        .setPartitionKey(partitionKey)
        .addAllOperations(operations)
        .setSequence(stamp.sequence())
        .setLowestOpen(stamp.lowestOpen())
        .setAcceptUntilMs(stamp.acceptUntilMillis())
        .build();
  }

  /** A copy of it failed by name. */
  void copyFailed(CallFailure why) {
    underWay = false;
    hold.copyFailed(why);
  }

  /** The stream broke on which a copy of it had been sent. */
  void copyLost() {
    underWay = false;
    hold.handedOver();
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
  boolean acknowledged(WriteResult acknowledgement) {
    if (!end()) {
      return false;
    }
    result = acknowledgement;
    hold.giveBack(false);
    return true;
  }

  /** It ends without an acknowledgement. Returns whether it had not ended before. */
  boolean abort(CallFailure last, String requestId) {
    if (!end()) {
      return false;
    }
    boolean maybeWritten = hold.maybeHandedOver() || underWay;
    failure = Failures.write(hold.why(last), maybeWritten, requestId);
    hold.giveBack(maybeWritten);
    return true;
  }

  /** It ends before it has begun: it has no place and stands in no line. */
  void refuse(CallFailure why, String requestId) {
    end();
    failure = Failures.notWritten(why, requestId);
  }

  private boolean end() {
    boolean first = hold.end();
    operations = null;
    return first;
  }

  /** Tells the caller, on the callback executor. */
  void tell() {
    WriteListener waiting = listener;
    listener = null;
    waiting.ended(result, failure);
  }
}
