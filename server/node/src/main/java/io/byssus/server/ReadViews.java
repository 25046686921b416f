package io.byssus.server;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.kv.v1.Consistency;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Makes a read wait until its replica is what the read wants: at the position, and as fresh. The
 * result is the moment, of the replica's clock, that a barrier has proven; empty where the level
 * asks for none.
 */
final class ReadViews {
  /** A read that allows less staleness is served as LINEARIZABLE. */
  static final long LEAST_STALENESS_MILLIS = 100;

  /** How often a reading that outlasts its own proof is tried. */
  static final int MOST_READINGS = 3;

  private final ReadWaits waits;
  private final Barriers barriers;
  private final TestHooks hooks;

  ReadViews(ReadWaits waits, Barriers barriers, TestHooks hooks) {
    this.waits = waits;
    this.barriers = barriers;
    this.hooks = hooks;
  }

  /**
   * What a read sees that need not wait for its replica; empty where it has to. Fails with
   * SESSION_LOST as {@link #await} does.
   */
  Optional<Sight> atOnce(Replica replica, ShardView view) {
    boolean waits =
        view.getConsistency() == Consistency.BOUNDED
            || view.getConsistency() == Consistency.LINEARIZABLE;
    if (waits || !replica.hasApplied(view.getAtLeast())) {
      return Optional.empty();
    }
    replica.checkIncarnation(view.getAtLeast());
    return Optional.of(unproven(replica));
  }

  /**
   * Completes when the replica is as the view wants it: at once on this thread where it is, else
   * later on a thread that may read. Fails with SESSION_LOST also where the log's incarnation rose
   * past the view's position meanwhile.
   */
  CompletableFuture<Sight> await(Replica replica, ShardView view) {
    return await(replica, view, waits.readers());
  }

  private CompletableFuture<Sight> await(Replica replica, ShardView view, Executor later) {
    return waits
        .until(replica.await(view.getAtLeast()), later)
        .thenCompose(reached -> awaitFresh(replica, view, later))
        .thenApply(
            sight -> {
              replica.checkIncarnation(view.getAtLeast());
              return sight;
            });
  }

  /**
   * The same, and reads. What turns out to be staler than its level allows when it has been read,
   * since the process stood still meanwhile, is read again; REPLICA_BEHIND where {@value
   * #MOST_READINGS} readings were too slow.
   */
  <T> CompletableFuture<T> read(Replica replica, ShardView view, Function<Sight, T> reading) {
    return read(
        replica,
        view,
        waits.readers(),
        sight -> CompletableFuture.completedFuture(reading.apply(sight)),
        1);
  }

  /**
   * The same, on threads that must not wait for the disk: what memory cannot tell is read on
   * another, which may.
   *
   * @param later where memory is read when the replica has been waited for
   * @param fromMemory empty where memory does not tell
   */
  <T> CompletableFuture<T> readFromMemory(
      Replica replica,
      ShardView view,
      Executor later,
      Function<Sight, Optional<T>> fromMemory,
      Function<Sight, T> reading) {
    return read(
        replica,
        view,
        later,
        sight ->
            fromMemory
                .apply(sight)
                .map(CompletableFuture::completedFuture)
                .orElseGet(() -> waits.onReader(() -> reading.apply(sight))),
        1);
  }

  private <T> CompletableFuture<T> read(
      Replica replica,
      ShardView view,
      Executor later,
      Function<Sight, CompletableFuture<T>> reading,
      int number) {
    return await(replica, view, later)
        .thenCompose(
            sight ->
                reading
                    .apply(sight)
                    .thenCompose(
                        answer ->
                            holds(sight, view)
                                ? CompletableFuture.completedFuture(answer)
                                : readAgain(replica, view, later, reading, number)));
  }

  private <T> CompletableFuture<T> readAgain(
      Replica replica,
      ShardView view,
      Executor later,
      Function<Sight, CompletableFuture<T>> reading,
      int readings) {
    if (readings == MOST_READINGS) {
      throw new ByssusException(
          ErrorCode.REPLICA_BEHIND,
          "reading takes longer than the staleness asked for, "
              + view.getMaxStalenessMs()
              + " ms: tried "
              + MOST_READINGS
              + " times");
    }
    return read(replica, view, later, reading, readings + 1);
  }

  private CompletableFuture<Sight> awaitFresh(Replica replica, ShardView view, Executor later) {
    if (view.getConsistency() == Consistency.LINEARIZABLE && hooks.skipBarriers()) {
      return CompletableFuture.completedFuture(unproven(replica));
    }
    if (isLinearizable(view)) {
      return waits
          .until(barriers.of(replica).linearizable(), later)
          .thenApply(moment -> proven(replica, moment));
    }
    return view.getConsistency() == Consistency.BOUNDED
        ? awaitBounded(replica, TimeUnit.MILLISECONDS.toNanos(view.getMaxStalenessMs()), later)
        : CompletableFuture.completedFuture(unproven(replica));
  }

  /** Whether what was waited for is still what the view's level promises. */
  static boolean holds(Sight sight, ShardView view) {
    return view.getConsistency() != Consistency.BOUNDED
        || isLinearizable(view)
        || sight.replica().nanoTime().getAsLong() - sight.provenNanos().orElseThrow()
            <= TimeUnit.MILLISECONDS.toNanos(view.getMaxStalenessMs());
  }

  private static boolean isLinearizable(ShardView view) {
    return view.getConsistency() == Consistency.LINEARIZABLE
        || view.getConsistency() == Consistency.BOUNDED
            && view.getMaxStalenessMs() < LEAST_STALENESS_MILLIS;
  }

  /** A proof may have become too old while it was waited for: then the next one is. */
  private CompletableFuture<Sight> awaitBounded(Replica replica, long ageNanos, Executor later) {
    return waits
        .until(barriers.of(replica).notOlderThan(ageNanos), later)
        .thenCompose(
            moment ->
                replica.nanoTime().getAsLong() - moment <= ageNanos
                    ? CompletableFuture.completedFuture(proven(replica, moment))
                    : awaitBounded(replica, ageNanos, later));
  }

  private static Sight proven(Replica replica, long momentNanos) {
    return new Sight(replica, OptionalLong.of(momentNanos));
  }

  private static Sight unproven(Replica replica) {
    return new Sight(replica, OptionalLong.empty());
  }
}
