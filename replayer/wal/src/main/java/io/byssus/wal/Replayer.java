package io.byssus.wal;

import io.byssus.proto.internal.v1.LogIdentity;
import io.byssus.wal.LogIdentityCheck.Verdict;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays a log's shards into targets.
 *
 * <p>A shard starts on the catching-up consumer and moves to the tailing one when it is near the
 * log's end, so that old records by the million never stand before a new one. Three times a second
 * Kafka is asked where the log ends and whether it is still ours: a consumer alone tells neither an
 * idle log from one that is out of reach, nor ours from another of the same name.
 */
public final class Replayer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Replayer.class);
  private static final long LOOK_PERIOD_MILLIS = 300;
  private static final long SIGHT_NANOS = 5_000_000_000L;

  private final LogIdentityCheck<Long> check;
  private final ScheduledExecutorService lanes;
  private final FeedBudget budget = FeedBudget.ofHeap();
  private final ReplayLoop tailing;
  private final ReplayLoop catchingUp;
  private final ScheduledExecutorService clock;
  private final Map<Integer, ShardFeed> feeds = new ConcurrentHashMap<>();
  private volatile Verdict<Long> verdict = Verdict.unknown("the log has not been looked at yet");
  private volatile boolean ours;
  private volatile long seenOursNanos;
  private final AtomicInteger meetings = new AtomicInteger();
  private volatile int meetingsBeforeSeenOurs;

  /**
   * Starts with no target. Never waits for Kafka.
   *
   * @param identity what the log must be
   * @param threads how many shards are applied at once
   */
  public Replayer(WalConfig config, LogIdentity identity, int shardCount, int threads) {
    this.check = new LogIdentityCheck<>(config, "byssus-replay-probe", identity, shardCount);
    AtomicInteger number = new AtomicInteger();
    this.lanes =
        Executors.newScheduledThreadPool(
            threads, task -> daemon(task, "apply-" + number.getAndIncrement()));
    this.tailing =
        new ReplayLoop("replay-tail", config, identity, this::logIsOurs, this::metForeign, null);
    this.catchingUp =
        new ReplayLoop(
            "replay-catch-up",
            config,
            identity,
            this::logIsOurs,
            this::metForeign,
            this::moveToTail);
    this.clock = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "replay-probe"));
    clock.scheduleWithFixedDelay(this::look, 0, LOOK_PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Replays a shard into a target, from where the target stands. */
  public void start(ReplayTarget target) {
    ShardFeed feed = new ShardFeed(target, new Lanes(), budget, System::nanoTime);
    if (feeds.putIfAbsent(target.shard(), feed) != null) {
      throw new IllegalStateException("shard " + target.shard() + " is being replayed already");
    }
    target.onAwaited(feed::awaited);
    if (ours) {
      target.logAccepted();
    }
    catchingUp.add(feed);
  }

  private final class Lanes implements ApplyLanes {
    @Override
    public void execute(Runnable task) {
      lanes.execute(task);
    }

    @Override
    public void executeIn(long nanos, Runnable task) {
      lanes.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Stops replaying a shard; completes when nothing of it is being applied any more. */
  public CompletableFuture<Void> stop(int shard) {
    ShardFeed feed = feeds.remove(shard);
    if (feed == null) {
      return CompletableFuture.completedFuture(null);
    }
    catchingUp.remove(feed);
    tailing.remove(feed);
    return feed.end();
  }

  /**
   * Whether to read on: not where another one answered since the last look, or where the log was
   * out of sight for some seconds, since what comes back may be another one.
   */
  private boolean logIsOurs() {
    return ours
        && meetings.get() == meetingsBeforeSeenOurs
        && System.nanoTime() - seenOursNanos < SIGHT_NANOS;
  }

  private void metForeign(String clusterId) {
    meetings.incrementAndGet();
    log.error("another Kafka cluster answers; nothing is read from it: cluster_id={}", clusterId);
  }

  private void moveToTail(ShardFeed feed) {
    tailing.add(feed);
  }

  private void look() {
    try {
      long askedNanos = System.nanoTime();
      int meetingsBefore = meetings.get();
      Verdict<Long> seen = check.look(askedNanos);
      if (seen.kind() != verdict.kind()) {
        announce(seen);
      }
      if (seen.kind() == Verdict.Kind.OURS) {
        seenOursNanos = System.nanoTime();
        meetingsBeforeSeenOurs = meetingsBefore;
      }
      verdict = seen;
      seen.ends()
          .forEach(
              (shard, end) -> {
                ShardFeed feed = feeds.get(shard);
                if (feed != null) {
                  feed.target().logEnd(end.offset(), end.asked());
                }
              });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.error("the log could not be looked at", e);
    }
  }

  private void announce(Verdict<Long> seen) {
    switch (seen.kind()) {
      case OURS -> {
        log.info("the log answers and is ours");
        ours = true;
        feeds.values().forEach(feed -> feed.target().logAccepted());
      }
      case NOT_OURS -> {
        log.error("the log is refused: {}", seen.why());
        ours = false;
        feeds.values().forEach(feed -> feed.target().logRefused(seen.why()));
      }
      case UNKNOWN -> log.warn("the log does not answer: {}", seen.why());
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    catchingUp.close();
    tailing.close();
    feeds.keySet().forEach(shard -> stop(shard).join());
    lanes.shutdown();
    try {
      clock.awaitTermination(5, TimeUnit.SECONDS);
      lanes.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    check.close();
  }
}
