package io.byssus.server;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.proto.admin.v1.ReplicaState;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the thread that keeps shards going to which nobody writes. Ten times a second it looks at
 * the replicas that are caught up: where something is due to expire by this server's clock and not
 * by the shard clock, which only records of the log move, it appends a tick; where the shard holds
 * a namespace that the map wants gone, it appends a drop. See {@link MarkPace} for who does it of
 * the replicas of one shard. What the log does not take is tried again a second later.
 */
final class TickLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TickLoop.class);
  private static final long PERIOD_MILLIS = 100;

  private final ReplicaHost host;
  private final Supplier<ClusterImage> map;
  private final MarkAppender marks;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final RandomGenerator random;
  private final Map<Integer, Paces> shards = new HashMap<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread t = new Thread(task, "ticks");
            t.setDaemon(true);
            return t;
          });

  private record Paces(MarkPace tick, MarkPace drop) {}

  /**
   * A loop that has not begun; see {@link #start}.
   *
   * @param clock this server's own clock
   * @param nanoTime what marks are kept apart by
   */
  TickLoop(
      ReplicaHost host,
      Supplier<ClusterImage> map,
      MarkAppender marks,
      Clock clock,
      LongSupplier nanoTime,
      RandomGenerator random) {
    this.host = host;
    this.map = map;
    this.marks = marks;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.random = random;
  }

  TickLoop start() {
    thread.scheduleWithFixedDelay(this::step, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    return this;
  }

  /** Looks at every replica once. */
  void step() {
    try {
      ClusterImage image = map.get();
      shards.keySet().removeIf(shard -> !host.holds(shard));
      for (Replica replica : host.replicas()) {
        look(replica, image);
      }
    } catch (RuntimeException e) {
      // The next round must come.
      log.error("ticks could not be looked after", e);
    }
  }

  private void look(Replica replica, ClusterImage image) {
    int shard = replica.shard();
    Paces paces =
        shards.computeIfAbsent(
            shard, number -> new Paces(new MarkPace(random), new MarkPace(random)));
    boolean caughtUp = replica.state() == ReplicaState.CAUGHT_UP;
    long now = nanoTime.getAsLong();
    if (paces.tick.isTime(caughtUp ? due(replica) : OptionalLong.empty(), now)) {
      append("tick", shard, () -> marks.tick(shard));
    }
    List<Integer> undropped = caughtUp ? UndroppedNamespaces.of(image, replica) : List.of();
    OptionalLong toDrop = undropped.stream().mapToLong(id -> id).findFirst();
    if (paces.drop.isTime(toDrop, now)) {
      int namespaceId = undropped.get(0);
      log.info("a namespace is dropped from a shard: shard={} namespace={}", shard, namespaceId);
      append("drop", shard, () -> marks.drop(shard, namespaceId));
    }
  }

  /** The moment that this server's clock has reached and the shard clock has not, if any. */
  private OptionalLong due(Replica replica) {
    OptionalLong due =
        replica.shardIfOpen().map(open -> open.nextDueMillis()).orElse(OptionalLong.empty());
    return due.isPresent() && due.getAsLong() <= clock.millis() ? due : OptionalLong.empty();
  }

  private static void append(String kind, int shard, Supplier<CompletableFuture<Long>> mark) {
    try {
      mark.get()
          .exceptionally(
              failure -> {
                log.debug("the log did not take a mark: kind={} shard={}", kind, shard, failure);
                return null;
              });
    } catch (ByssusException e) {
      log.debug("the log did not take a mark: kind={} shard={}", kind, shard, e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    try {
      thread.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
