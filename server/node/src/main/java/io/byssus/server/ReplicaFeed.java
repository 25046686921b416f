package io.byssus.server;

import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.proto.internal.v1.WatchReplicasResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells dispatchers how the replicas stand: all of them every second, those that changed five times
 * a second. A watcher that does not take what it is sent misses steps and no more.
 */
final class ReplicaFeed implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ReplicaFeed.class);
  private static final long PERIOD_MILLIS = 200;
  private static final int PERIODS_BETWEEN_ALL = 5;

  private final ReplicaHost host;
  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService clock;
  private int period;

  ReplicaFeed(ReplicaHost host) {
    this.host = host;
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "replica-feed");
              thread.setDaemon(true);
              return thread;
            });
    clock.scheduleWithFixedDelay(this::tick, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Takes on a watcher, within its call's handler. */
  void add(ServerCallStreamObserver<WatchReplicasResponse> caller) {
    Watcher watcher = new Watcher(caller);
    caller.setOnCancelHandler(() -> watchers.remove(watcher));
    watchers.add(watcher);
    watcher.send(host.reports(), true);
  }

  private void tick() {
    try {
      boolean all = ++period % PERIODS_BETWEEN_ALL == 0;
      if (!watchers.isEmpty()) {
        List<ReplicaReport> reports = host.reports();
        watchers.forEach(watcher -> watcher.send(reports, all));
      }
    } catch (RuntimeException e) {
      log.error("the states of replicas could not be told", e);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    watchers.forEach(Watcher::end);
  }

  /** One dispatcher's stream, and what it was last told. */
  private static final class Watcher {
    private final ServerCallStreamObserver<WatchReplicasResponse> caller;
    private final Map<Integer, ReplicaReport> told = new HashMap<>();
    private boolean ended;

    Watcher(ServerCallStreamObserver<WatchReplicasResponse> caller) {
      this.caller = caller;
    }

    synchronized void send(List<ReplicaReport> reports, boolean all) {
      if (ended || caller.isCancelled() || !caller.isReady()) {
        return;
      }
      WatchReplicasResponse.Builder step = WatchReplicasResponse.newBuilder();
      Set<Integer> gone = new HashSet<>(told.keySet());
      for (ReplicaReport report : reports) {
        gone.remove(report.getShard());
        ReplicaReport before = told.put(report.getShard(), report);
        if (all || before == null || changed(before, report)) {
          step.addReplicas(report);
        }
      }
      told.keySet().removeAll(gone);
      step.addAllRemoved(gone);
      if (step.getReplicasCount() > 0 || step.getRemovedCount() > 0 || all) {
        caller.onNext(step.build());
      }
    }

    private static boolean changed(ReplicaReport before, ReplicaReport now) {
      return before.getState() != now.getState()
          || before.getAppliedPosition() != now.getAppliedPosition()
          || before.getEpoch() != now.getEpoch();
    }

    synchronized void end() {
      if (!ended && !caller.isCancelled()) {
        caller.onCompleted();
      }
      ended = true;
    }
  }
}
