package io.byssus.dispatcher.writes;

import io.byssus.clustermap.ClusterImage;
import io.byssus.dispatcher.calls.CallDeadline;
import io.byssus.dispatcher.calls.DispatcherMetrics;
import io.byssus.dispatcher.calls.NamespaceResolver;
import io.byssus.dispatcher.calls.TestHooks;
import io.byssus.proto.internal.v1.AwaitAppliedResponse;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.wal.LogHost;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The ways of a dispatcher's writes, which share one writer, one budget and one log. */
public final class Writes {
  private final WriteParts parts;
  private final ScheduledExecutorService timer;
  private final DispatcherMetrics metrics;

  /**
   * What surrounds a dispatcher's writes.
   *
   * @param map the newest map
   * @param lagging whether a shard's replicas are too far behind to take more
   * @param appliedQuestion how replicas are asked
   * @param writerId where the id of the dispatcher as a writer comes from
   * @param clock the dispatcher's clock, which callers are told
   * @param nanoTime measures how long a write is under way
   * @param timer fires deadlines; its tasks do not block
   * @param handOvers where records are handed to the log, which may block for about a second
   * @param sendings where results of streams are sent; never blocked
   * @param budgetBytes how much the writes in hand may hold together
   */
  public record Surroundings(
      NamespaceResolver namespaces,
      Supplier<ClusterImage> map,
      IntPredicate lagging,
      LogHost logHost,
      AppliedQuestion appliedQuestion,
      RandomGenerator writerId,
      Clock clock,
      LongSupplier nanoTime,
      ScheduledExecutorService timer,
      Executor handOvers,
      Executor sendings,
      DispatcherMetrics metrics,
      long budgetBytes,
      TestHooks hooks) {}

  /** Asks the replicas of a shard what became of writes. */
  @FunctionalInterface
  public interface AppliedQuestion {
    /**
     * The outcomes, once a replica has applied the position; fails when none does in time.
     *
     * @param stamps of at most {@link io.byssus.model.Limits#MAX_ASKED_OUTCOMES} writes
     */
    CompletableFuture<AwaitAppliedResponse> ask(
        int shard, long position, List<WriterStamp> stamps, CallDeadline deadline);
  }

  /** The ways of writes amid what surrounds them. */
  public Writes(Surroundings around) {
    this.parts = WriteParts.of(around);
    this.timer = around.timer();
    this.metrics = around.metrics();
  }

  /** The way of single writes. */
  public WritePath path() {
    return new WritePath(parts, timer);
  }

  /** Where streams of writes are taken, none yet; to be closed. */
  public WriteStreamHost streams() {
    WriteStreamHost streams = new WriteStreamHost(parts, timer);
    metrics.gauge("byssus.dispatcher.streams.open", streams, WriteStreamHost::open);
    return streams;
  }
}
