package io.byssus.dispatcher.writes;

import io.byssus.dispatcher.calls.CallDeadline;
import io.byssus.dispatcher.calls.Stamps;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.StreamedWrite;
import io.byssus.proto.kv.v1.WriteResponse;
import io.byssus.proto.kv.v1.WriteResult;
import io.byssus.proto.kv.v1.WriteStreamOpen;
import io.grpc.Context;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * The writes of one stream on their way: checked, numbered, handed to the log and answered, by the
 * same parts as single writes. What can be done once for many writes is: one task hands over all
 * that has come, one look at the map and at the shards serves all writes of a message.
 *
 * <p><b>Order.</b> Writes that the caller has stamped are handed over in the order of their coming;
 * keeping two writes of one record apart is the caller's part. Where the dispatcher stamps it is
 * ours: a write waits in {@link RecordLines} until those of its records before it have been
 * answered by the log; and where the log did not say whether it has one, until no stamp can let
 * that one take effect any more ({@link DispatcherWriter.Slot#giveUp}).
 *
 * <p><b>Time.</b> A write has its result within {@link #LIMIT} and a sweep: INDETERMINATE where it
 * was handed over, else LOG_UNAVAILABLE. Its sequence stays open all the same until the log has
 * answered.
 */
final class StreamWrites {
  /** How long a write may be under way. */
  static final Duration LIMIT = Duration.ofSeconds(10);

  private final WriteParts parts;
  private final WriteStreamOpen open;
  private final int namespaceId;
  private final StreamResults results;
  private final Context context = Context.current();
  private final WriteLanes lanes;
  private final Object lock = new Object();
  private final ArrayDeque<Arrival> arrivals = new ArrayDeque<>();
  private final ArrayDeque<OpenWrite> turns = new ArrayDeque<>();
  private final OpenWrite.ByAge byAge = new OpenWrite.ByAge();
  private final RecordLines<OpenWrite> records = new RecordLines<>();
  private boolean handingOver;
  private boolean dropped;

  private record Arrival(List<StreamedWrite> writes, long nanos) {}

  /**
   * No write yet.
   *
   * @param namespaceId the id that the namespace had when the stream was opened
   */
  StreamWrites(WriteParts parts, WriteStreamOpen open, int namespaceId, StreamResults results) {
    this.parts = parts;
    this.open = open;
    this.namespaceId = namespaceId;
    this.results = results;
    this.lanes = new WriteLanes(parts.router());
  }

  /** Takes the writes of a message. Each gets its result in {@link StreamResults}. */
  void take(List<StreamedWrite> writes) {
    synchronized (lock) {
      arrivals.add(new Arrival(writes, parts.nanoTime().getAsLong()));
    }
    handOverSoon();
  }

  private void handOverSoon() {
    synchronized (lock) {
      if (handingOver || dropped || arrivals.isEmpty() && turns.isEmpty()) {
        return;
      }
      handingOver = true;
    }
    try {
      parts.handOvers().execute(this::handOver);
    } catch (RejectedExecutionException e) {
      reject();
    }
  }

  /** As many writes wait for the log as may: those of this stream are certainly not written. */
  private void reject() {
    ByssusException error =
        new ByssusException(ErrorCode.OVERLOADED, "too many writes wait for the log");
    // Each that fails gives the next of its record its turn, until nobody waits any more.
    while (true) {
      List<Arrival> rejected;
      List<OpenWrite> rejectedTurns;
      synchronized (lock) {
        rejected = List.copyOf(arrivals);
        arrivals.clear();
        rejectedTurns = takeTurns();
        if (rejected.isEmpty() && rejectedTurns.isEmpty()) {
          handingOver = false;
          return;
        }
      }
      rejected.forEach(arrival -> arrival.writes.forEach(write -> refuse(write, error)));
      rejectedTurns.forEach(write -> failBefore(write, error));
    }
  }

  private List<OpenWrite> takeTurns() {
    List<OpenWrite> taken = List.copyOf(turns);
    turns.clear();
    return taken;
  }

  /** One round: the writes whose turn has come, and one message. Others get the thread between. */
  private void handOver() {
    Arrival arrival;
    List<OpenWrite> released;
    synchronized (lock) {
      arrival = arrivals.poll();
      released = takeTurns();
    }
    try {
      lanes.begin(parts.router().rules(open.getNamespace(), namespaceId));
      released.forEach(this::goOn);
      if (arrival != null) {
        arrival.writes.forEach(write -> start(write, arrival.nanos));
      }
    } catch (ByssusException e) {
      released.forEach(write -> failBefore(write, e));
      if (arrival != null) {
        arrival.writes.forEach(write -> refuse(write, e));
      }
    } finally {
      synchronized (lock) {
        handingOver = false;
      }
      handOverSoon();
    }
  }

  private void start(StreamedWrite streamed, long arrivedNanos) {
    OpenWrite write = new OpenWrite(streamed, arrivedNanos);
    synchronized (lock) {
      if (dropped) {
        return;
      }
      byAge.add(write);
    }
    try {
      boolean stamped = !open.getWriterId().isEmpty();
      WriteChecks.check(streamed, stamped);
      write.write = WriteIntent.of(streamed, open.getAcknowledgement());
      write.applied = write.write.getKeepOutcome();
      WriteChecks.check(write.write, true, lanes.rules());
      if (stamped) {
        write.stamp = Stamps.toLog(open.getWriterId(), streamed);
      } else if (waitsForItsRecords(write)) {
        return;
      }
      goOn(write);
    } catch (RuntimeException e) {
      failBefore(write, e);
    }
  }

  /** Whether it is not to go on now: it waits in line, or has been given up in the meantime. */
  private boolean waitsForItsRecords(OpenWrite write) {
    synchronized (lock) {
      if (write.ended) {
        return true;
      }
      write.turn = records.join(write, write.write);
      return write.turn.waits();
    }
  }

  /** The write's turn has come, or its slot. */
  private void goOn(OpenWrite write) {
    try {
      WriteLane lane = lanes.lane(write.write.getPartitionKey());
      if (write.stamp != null || slotOpens(write, lane)) {
        handOver(write, lane);
      }
    } catch (RuntimeException e) {
      failBefore(write, e);
    }
  }

  /** Whether the write has a slot now; else it comes back with one, or fails. */
  private boolean slotOpens(OpenWrite write, WriteLane lane) {
    CompletableFuture<DispatcherWriter.Slot> opening = parts.writer().open(lane.shard());
    if (opening.isDone() && !opening.isCompletedExceptionally()) {
      write.slot = opening.join();
      write.stamp = write.slot.stamp();
      return true;
    }
    synchronized (lock) {
      write.opening = opening;
      if (write.ended) {
        opening.cancel(false);
      }
    }
    opening.whenComplete((slot, failure) -> opened(write, slot, failure));
    return false;
  }

  private void opened(OpenWrite write, DispatcherWriter.Slot slot, Throwable failure) {
    if (failure != null) {
      failBefore(write, failure);
      return;
    }
    synchronized (lock) {
      write.slot = slot;
      write.stamp = slot.stamp();
      if (!write.ended) {
        turns.add(write);
      }
    }
    // After a drop nobody would take an ended write from the turns.
    if (write.ended) {
      leave(write);
    }
    handOverSoon();
  }

  private void handOver(OpenWrite write, WriteLane lane) {
    LogAppender.HandOver handOver = parts.appender().prepare(lane, write.write, write.stamp);
    synchronized (lock) {
      write.handedOver = !write.ended;
      write.write = null;
    }
    if (!write.handedOver) {
      leave(write);
      return;
    }
    handOver.append((position, failure) -> logged(write, lane, position, failure));
    if (parts.hooks().acknowledgeEarly()) {
      answer(write, parts.answers().early(lane));
    }
  }

  private void logged(OpenWrite write, WriteLane lane, long position, Throwable failure) {
    if (failure != null) {
      ByssusException error = WriteAnswers.error(failure);
      lane.meters().failed(error.code());
      if (write.slot != null && error.code() == ErrorCode.INDETERMINATE) {
        write.slot.giveUp(() -> leaveLines(write));
      } else {
        leave(write);
      }
      end(write, error);
      return;
    }
    // Whatever comes after is behind it in the log.
    leaveLines(write);
    if (write.applied) {
      context.run(() -> awaitApplied(write, lane, position));
      return;
    }
    write.closeSlot();
    try {
      parts.appender().checkInTime(write.stamp);
      answer(write, parts.answers().logged(lane, position));
    } catch (ByssusException e) {
      lane.meters().failed(e.code());
      end(write, e);
    }
  }

  /** A shard forgets an outcome once its sequence is closed, so that ours stays open for now. */
  private void awaitApplied(OpenWrite write, WriteLane lane, long position) {
    long left = LIMIT.toNanos() - (parts.nanoTime().getAsLong() - write.arrivedNanos);
    CallDeadline deadline = CallDeadline.after(Duration.ofNanos(left), parts.nanoTime());
    parts
        .appliedQuestions()
        .ask(lane.shard(), position, write.stamp, deadline)
        .whenComplete(
            (outcome, failure) -> {
              write.closeSlot();
              try {
                if (failure != null) {
                  throw WriteAnswers.untold(failure);
                }
                answer(write, parts.answers().applied(lane, position, outcome));
              } catch (ByssusException e) {
                lane.meters().failed(e.code());
                end(write, e);
              }
            });
  }

  /** Gives up what is under way for too long. */
  void sweep() {
    long now = parts.nanoTime().getAsLong();
    List<OpenWrite> late;
    synchronized (lock) {
      late = byAge.endWhile(write -> now - write.arrivedNanos >= LIMIT.toNanos());
    }
    for (OpenWrite write : late) {
      release(write);
      results.add(WriteAnswers.failed(write.number, write.tooLate()), write.bytes);
    }
  }

  /** Forgets all writes. What was handed over stays with the log, which closes its sequences. */
  void drop() {
    List<OpenWrite> ended;
    List<OpenWrite> released;
    synchronized (lock) {
      dropped = true;
      arrivals.clear();
      released = takeTurns();
      ended = byAge.endWhile(write -> true);
    }
    ended.forEach(this::release);
    released.forEach(OpenWrite::closeSlot);
  }

  /** How many records have a write under way or in line. */
  int records() {
    synchronized (lock) {
      return records.records();
    }
  }

  /** Frees what an ended write waits with, where it was not handed over. */
  private void release(OpenWrite write) {
    if (write.handedOver) {
      return;
    }
    CompletableFuture<DispatcherWriter.Slot> opening;
    synchronized (lock) {
      opening = write.opening;
    }
    if (opening != null) {
      // Where it is too late for that, the write comes back with its slot, and finds itself ended.
      opening.cancel(false);
    }
    leaveLines(write);
  }

  private void leaveLines(OpenWrite write) {
    synchronized (lock) {
      if (write.turn == null) {
        return;
      }
      records.leave(write.turn, turns::add);
      write.turn = null;
    }
    handOverSoon();
  }

  private void leave(OpenWrite write) {
    write.closeSlot();
    leaveLines(write);
  }

  private void failBefore(OpenWrite write, Throwable failure) {
    leave(write);
    end(write, WriteAnswers.error(failure));
  }

  private void answer(OpenWrite write, WriteResponse response) {
    end(write, WriteResult.newBuilder().setNumber(write.number).setResponse(response).build());
  }

  private void end(OpenWrite write, ByssusException error) {
    end(write, WriteAnswers.failed(write.number, error));
  }

  private void end(OpenWrite write, WriteResult result) {
    synchronized (lock) {
      if (write.ended) {
        return;
      }
      write.ended = true;
      byAge.remove(write);
    }
    results.add(result, write.bytes);
  }

  /** A write that has not even been begun. */
  private void refuse(StreamedWrite write, ByssusException error) {
    results.add(WriteAnswers.failed(write.getNumber(), error), OpenWrite.bytes(write));
  }
}
