package io.byssus.server;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Position;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.storage.Shard;
import io.byssus.wal.HaltReason;
import io.byssus.wal.LogEntry;
import io.byssus.wal.ReplayTarget;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard's copy on this server: follows its log and lets readers in.
 *
 * <p>A replica that halts goes on answering reads from what it holds: stale data with its age is
 * what EVENTUAL promises. Only one whose shard does not open has nothing to answer with.
 */
final class Replica implements ReplayTarget {
  private static final Logger log = LoggerFactory.getLogger(Replica.class);

  /** A replica this near the log's end counts as caught up. */
  static final long CAUGHT_UP_MILLIS = 1_000;

  private final int number;
  private final LongSupplier nanoTime;
  private final PositionWaiters waiters = new PositionWaiters(this::awaited);
  private final PositionWaiters offsetWaiters = new PositionWaiters(this::awaited);
  private final Set<Runnable> readers = ConcurrentHashMap.newKeySet();
  private volatile Shard shard;
  private volatile LogEndTracker logEnd;
  private volatile String halted;
  private volatile String refused;
  private volatile long epoch;
  private volatile boolean closed;
  private volatile Runnable onAwaited = () -> {};

  /**
   * A replica that is not open yet.
   *
   * @param nanoTime the clock that ages are measured by
   */
  Replica(int number, long epoch, LongSupplier nanoTime) {
    this.number = number;
    this.nanoTime = nanoTime;
    this.epoch = epoch;
  }

  /** The shard is open; from here on the replica answers. */
  void opened(Shard opened) {
    logEnd = new LogEndTracker(opened.nextOffset(), nanoTime.getAsLong());
    shard = opened;
    tellProgress(opened);
  }

  /** The clock that the replica's ages are measured by. */
  LongSupplier nanoTime() {
    return nanoTime;
  }

  void epoch(long assigned) {
    epoch = assigned;
  }

  @Override
  public int shard() {
    return number;
  }

  @Override
  public long nextOffset() {
    return shard.nextOffset();
  }

  @Override
  public int lastLeaderEpoch() {
    return shard.leaderEpoch();
  }

  @Override
  public void apply(List<LogEntry> entries) {
    try {
      shard.apply(entries);
    } finally {
      logEnd.applied(shard.nextOffset());
      tellProgress(shard);
    }
  }

  @Override
  public boolean isAwaited() {
    return waiters.any() || offsetWaiters.any();
  }

  @Override
  public void onAwaited(Runnable action) {
    onAwaited = action;
  }

  private void awaited() {
    onAwaited.run();
  }

  private void tellProgress(Shard now) {
    waiters.reached(now.appliedPosition());
    offsetWaiters.reached(now.nextOffset());
  }

  @Override
  public void logEnd(long endOffset, long askedNanos) {
    logEnd.logEnd(endOffset, askedNanos);
  }

  @Override
  public void logRefused(String why) {
    refused = why;
  }

  @Override
  public void logAccepted() {
    refused = null;
  }

  @Override
  public void halted(HaltReason reason, String message) {
    HaltReason named =
        reason == HaltReason.NEXT_OFFSET_GONE && shard != null && shard.nextOffset() == 0
            ? HaltReason.NEEDS_SNAPSHOT
            : reason;
    halted = named + ": " + message;
    log.error("replica halted: shard={} reason={} message=\"{}\"", number, named, message);
    endWaiting(
        new ByssusException(
            ErrorCode.REPLICA_HALTED, "the replica of shard " + number + " has halted: " + halted));
  }

  private void endWaiting(ByssusException why) {
    waiters.end(why);
    offsetWaiters.end(why);
  }

  /** Why the replica stands still, where it does. */
  Optional<String> haltReason() {
    String now = halted;
    if (now != null) {
      return Optional.of(now);
    }
    now = refused;
    return now == null ? Optional.empty() : Optional.of(HaltReason.LOG_NOT_OURS + ": " + now);
  }

  /**
   * The shard, to read from.
   *
   * @throws ByssusException where it is not open
   */
  Shard open() {
    Shard open = shard;
    if (open == null) {
      String why = halted;
      throw why == null
          ? new ByssusException(
              ErrorCode.SHARD_NOT_HERE, "the replica of shard " + number + " is being opened")
          : new ByssusException(
              ErrorCode.REPLICA_HALTED, "the replica of shard " + number + " has halted: " + why);
    }
    return open;
  }

  /** The shard, where it is open. */
  Optional<Shard> shardIfOpen() {
    return Optional.ofNullable(shard);
  }

  /**
   * Completes when the record at an offset of the log that the replica follows is applied, on the
   * applying thread.
   *
   * <p>A position would not do: a record's incarnation is not known before it is applied.
   */
  CompletableFuture<Void> awaitOffset(long offset) {
    return offsetWaiters.await(offset + 1);
  }

  /**
   * That the log is still in the incarnation of a position.
   *
   * @throws ByssusException SESSION_LOST where the position is of an older incarnation
   */
  void checkIncarnation(long position) {
    int now = open().incarnation();
    int wanted = Position.incarnation(position);
    if (position != Position.NONE && wanted < now) {
      throw new ByssusException(
          ErrorCode.SESSION_LOST,
          "a position of incarnation "
              + wanted
              + " of shard "
              + number
              + " means nothing any more: the log is at incarnation "
              + now);
    }
  }

  /**
   * Waits until a position is applied, or one of a newer incarnation: see {@link
   * #checkIncarnation}.
   *
   * @throws ByssusException SESSION_LOST where the position is of an older incarnation; OVERLOADED
   */
  Waiting<Void> await(long position) {
    checkIncarnation(position);
    CompletableFuture<Void> applied = waiters.await(position);
    return new Waiting<>(
        applied,
        () -> waiters.forget(position, applied),
        () ->
            new ByssusException(
                ErrorCode.REPLICA_BEHIND,
                "the replica of shard "
                    + number
                    + " has not reached position "
                    + Position.of(position)));
  }

  /** Whether a position is applied, so that {@link #await} would not wait. */
  boolean hasApplied(long position) {
    return waiters.hasReached(position);
  }

  /**
   * What an answer is worth that was read just before.
   *
   * @param seenPosition what was applied before it was read
   * @param provenNanos the moment, of the replica's clock, before which a barrier has proven it to
   *     lack no write; empty where none was asked for
   */
  ReadContext context(long seenPosition, OptionalLong provenNanos) {
    long now = nanoTime.getAsLong();
    return ReadContext.newBuilder()
        .setShard(number)
        .setPosition(open().ceilingPosition())
        .setSeenPosition(seenPosition)
        .setAgeMs(
            provenNanos.isPresent()
                ? Math.max(0, now - provenNanos.getAsLong()) / 1_000_000
                : logEnd.ageMillis(now))
        .build();
  }

  ReplicaState state() {
    if (haltReason().isPresent()) {
      return ReplicaState.HALTED;
    }
    if (shard == null) {
      return ReplicaState.OPENING;
    }
    return logEnd.everAtEnd() && logEnd.ageMillis(nanoTime.getAsLong()) <= CAUGHT_UP_MILLIS
        ? ReplicaState.CAUGHT_UP
        : ReplicaState.CATCHING_UP;
  }

  /** What others are told of the replica. */
  ReplicaReport report() {
    ReplicaReport.Builder report =
        ReplicaReport.newBuilder()
            .setShard(number)
            .setEpoch(epoch)
            .setState(state())
            .setHaltReason(haltReason().orElse(""));
    Shard open = shard;
    if (open != null) {
      report
          .setAppliedPosition(open.appliedPosition())
          .setLagRecords(logEnd.lagRecords())
          .setAgeMs(logEnd.ageMillis(nanoTime.getAsLong()))
          .setRecordsEstimate(open.recordsEstimate())
          .setDiskBytes(open.diskBytes());
    }
    return report.build();
  }

  /** The log's end as far as the replica knows; 0 while it is being opened. */
  long endOffset() {
    LogEndTracker tracker = logEnd;
    return tracker == null ? 0 : tracker.endOffset();
  }

  /** For how long the replica has not known itself at the log's end; 0 while it is being opened. */
  long ageMillis() {
    LogEndTracker tracker = logEnd;
    return tracker == null ? 0 : tracker.ageMillis(nanoTime.getAsLong());
  }

  /** How many records the replica lacks, as far as it knows; 0 while it is being opened. */
  long lagRecords() {
    LogEndTracker tracker = logEnd;
    return tracker == null ? 0 : tracker.lagRecords();
  }

  /**
   * Has a reader ended that is about to hold on to the shard, should the replica close before it;
   * at once where it has closed.
   */
  void reading(Runnable end) {
    readers.add(end);
    if (closed) {
      end.run();
    }
  }

  void doneReading(Runnable end) {
    readers.remove(end);
  }

  /** Ends the replica: nothing is applied any more. Its data stays. */
  void close() {
    closed = true;
    readers.forEach(Runnable::run);
    endWaiting(
        new ByssusException(
            ErrorCode.SHARD_NOT_HERE, "this server no longer holds shard " + number));
    Shard open = shard;
    if (open != null) {
      open.close();
    }
  }
}
