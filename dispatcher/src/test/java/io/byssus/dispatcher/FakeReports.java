package io.byssus.dispatcher;

import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.proto.internal.v1.WatchReplicasResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What a server made by hand tells of its replicas, 20 times a second. */
final class FakeReports implements AutoCloseable {
  private final int shardCount;
  private final ReplayedLog log;
  private final BooleanSupplier silent;
  private final List<ServerCallStreamObserver<WatchReplicasResponse>> watchers = new ArrayList<>();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private volatile ReplicaState state = ReplicaState.CAUGHT_UP;
  private volatile long ageMs;
  private volatile long lagRecords;

  FakeReports(int shardCount, ReplayedLog log, BooleanSupplier silent) {
    this.shardCount = shardCount;
    this.log = log;
    this.silent = silent;
    timer.scheduleWithFixedDelay(this::report, 50, 50, TimeUnit.MILLISECONDS);
  }

  /** How the replicas are reported from now on. */
  void standAs(ReplicaState newState, long newAgeMs, long newLagRecords) {
    state = newState;
    ageMs = newAgeMs;
    lagRecords = newLagRecords;
    report();
  }

  long ageMs() {
    return ageMs;
  }

  void watch(ServerCallStreamObserver<WatchReplicasResponse> watcher) {
    watcher.setOnCancelHandler(() -> {});
    synchronized (watchers) {
      watchers.add(watcher);
    }
    report();
  }

  /** All watchers are gone. */
  void forget() {
    synchronized (watchers) {
      watchers.clear();
    }
  }

  private void report() {
    if (silent.getAsBoolean()) {
      return;
    }
    WatchReplicasResponse.Builder step = WatchReplicasResponse.newBuilder();
    for (int shard = 0; shard < shardCount; shard++) {
      step.addReplicas(
          ReplicaReport.newBuilder()
              .setShard(shard)
              .setState(state)
              .setAgeMs(ageMs)
              .setLagRecords(lagRecords)
              .setAppliedPosition(log.applied(shard)));
    }
    synchronized (watchers) {
      watchers.removeIf(ServerCallStreamObserver::isCancelled);
      watchers.forEach(watcher -> watcher.onNext(step.build()));
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
