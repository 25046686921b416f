package io.byssus.server;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The barriers of each replica that is read at a level that needs them. */
final class Barriers implements AutoCloseable {
  private static final int APPENDERS = 2;

  private final MarkAppender marks;
  private final ExecutorService appenders;
  private final Map<Integer, OfReplica> shards = new ConcurrentHashMap<>();

  private record OfReplica(Replica replica, ShardBarriers barriers) {}

  Barriers(MarkAppender marks) {
    this.marks = marks;
    AtomicInteger number = new AtomicInteger();
    // Each shard has one barrier at a time to hand over, which bounds the queue.
    this.appenders =
        Executors.newFixedThreadPool(
            APPENDERS,
            task -> {
              Thread thread = new Thread(task, "barriers-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** The barriers of a replica; what was proven of another of the same shard is nothing to it. */
  ShardBarriers of(Replica replica) {
    OfReplica held = shards.get(replica.shard());
    if (held == null || held.replica != replica) {
      held =
          shards.compute(
              replica.shard(),
              (shard, there) -> there != null && there.replica == replica ? there : begin(replica));
    }
    return held.barriers;
  }

  private OfReplica begin(Replica replica) {
    int shard = replica.shard();
    return new OfReplica(
        replica,
        new ShardBarriers(
            shard,
            () -> marks.barrier(shard),
            replica::awaitOffset,
            appenders,
            replica.nanoTime()));
  }

  @Override
  public void close() {
    appenders.shutdown();
    try {
      appenders.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
