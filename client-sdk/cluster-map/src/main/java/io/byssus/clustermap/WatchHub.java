package io.byssus.clustermap;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.WatchRequest;
import io.byssus.proto.internal.v1.WatchResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams the map to watchers: a control-plane member from what it has applied, a dispatcher from
 * what it follows. (A member here is whoever serves the watch.)
 *
 * <p>Nothing is queued for a watcher: each has a revision, and is sent what comes after it when its
 * stream takes more. A watcher that is slow gets its steps in larger pieces; one that takes nothing
 * for {@link #STUCK_NANOS} is cut, and resumes by its revision wherever it likes. A watcher that is
 * ahead of this member, which has still to catch up, is sent signs of life until it is not.
 *
 * <p>A member that knows no leader, or has halted, gives no sign of life: it may be cut off from
 * what the others decide, and its watchers leave a silent stream.
 *
 * <p>All streams are written by one thread.
 */
public final class WatchHub implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WatchHub.class);
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(2);
  private static final Duration END_LIMIT = Duration.ofSeconds(2);
  private static final long STUCK_NANOS = Duration.ofSeconds(30).toNanos();

  private final WatchedMap map;
  private final BooleanSupplier followsALeader;
  private final LongSupplier nanos;
  private final Set<Watcher> watchers = new HashSet<>();
  private final AtomicBoolean roundWaits = new AtomicBoolean();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "watch-hub"));
  private Optional<WatchResponse> wholeMap = Optional.empty();
  private boolean stopping;
  private volatile int count;

  private static final class Watcher {
    private final ServerCallStreamObserver<WatchResponse> stream;
    private final String clusterId;
    private long revision;
    private long readyNanos;

    Watcher(ServerCallStreamObserver<WatchResponse> stream, WatchRequest request, long now) {
      this.stream = stream;
      this.clusterId = request.getClusterId();
      this.revision = request.getAfterRevision();
      this.readyNanos = now;
    }
  }

  /**
   * Begins without watchers.
   *
   * @param followsALeader whether this member hears what the cluster decides
   */
  public WatchHub(WatchedMap map, BooleanSupplier followsALeader, LongSupplier nanos) {
    this(map, followsALeader, nanos, SIGN_OF_LIFE);
  }

  /**
   * Begins without watchers.
   *
   * @param followsALeader whether this member hears what the cluster decides
   * @param signOfLife how often watchers are told that the stream is alive
   */
  public WatchHub(
      WatchedMap map, BooleanSupplier followsALeader, LongSupplier nanos, Duration signOfLife) {
    this.map = map;
    this.followsALeader = followsALeader;
    this.nanos = nanos;
    map.onChange(this::changed);
    thread.scheduleWithFixedDelay(
        () -> guarded(this::signsOfLife),
        signOfLife.toMillis(),
        signOfLife.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** How many watchers there are. */
  public int watchers() {
    return count;
  }

  /**
   * Takes a watcher.
   *
   * @throws ByssusException {@link ErrorCode#WRONG_CLUSTER}, or {@link ErrorCode#SHUTTING_DOWN}
   */
  public void watch(WatchRequest request, ServerCallStreamObserver<WatchResponse> stream) {
    checkCluster(request.getClusterId(), map.image());
    Watcher watcher = new Watcher(stream, request, nanos.getAsLong());
    stream.setOnReadyHandler(() -> execute(() -> feed(watcher)));
    stream.setOnCancelHandler(() -> execute(() -> remove(watcher)));
    boolean taken =
        execute(
            () -> {
              if (stopping) {
                sendAway(watcher);
                return;
              }
              watchers.add(watcher);
              count = watchers.size();
              // The first step comes at once, also where nothing is new: it says that we are here.
              if (!feed(watcher)) {
                alive(watcher);
              }
            });
    if (!taken) {
      throw new ByssusException(ErrorCode.SHUTTING_DOWN, "this member is stopping");
    }
  }

  private static void checkCluster(String watcherCluster, ClusterImage image) {
    String own = image.clusterId();
    if (!watcherCluster.isEmpty() && !own.isEmpty() && !watcherCluster.equals(own)) {
      throw new ByssusException(
          ErrorCode.WRONG_CLUSTER,
          "the watcher is of cluster " + watcherCluster + ", this is cluster " + own);
    }
  }

  private void changed() {
    if (roundWaits.compareAndSet(false, true)) {
      execute(
          () -> {
            roundWaits.set(false);
            forEach(this::feed);
          });
    }
  }

  private boolean execute(Runnable task) {
    try {
      thread.execute(() -> guarded(task));
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Sends what is new, if the stream takes it; false where nothing was sent. */
  private boolean feed(Watcher watcher) {
    if (!watchers.contains(watcher) || !watcher.stream.isReady()) {
      return false;
    }
    watcher.readyNanos = nanos.getAsLong();
    ClusterImage now = map.image();
    String cluster = now.clusterId();
    boolean sameCluster = watcher.clusterId.isEmpty() || watcher.clusterId.equals(cluster);
    if (!sameCluster && !cluster.isEmpty()) {
      end(watcher, ErrorCode.WRONG_CLUSTER, "this is cluster " + cluster);
      return true;
    }
    long revision = now.revision();
    // Before this member knows its cluster it cannot tell whether the watcher is of it.
    if (!sameCluster || revision < watcher.revision) {
      return false;
    }
    Optional<WatchedMap.Step> step =
        watcher.revision == 0 ? Optional.empty() : map.stepFrom(watcher.revision);
    if (step.isPresent() && step.get().changes().isEmpty()) {
      return false;
    }
    if (step.isPresent()) {
      // It may lead further than the map read above.
      watcher.revision = step.get().revision();
      send(watcher, step(watcher.revision, step.get().changes()));
    } else {
      watcher.revision = revision;
      send(watcher, wholeMap(now));
    }
    return true;
  }

  private static WatchResponse step(long revision, List<MapChange> changes) {
    return WatchResponse.newBuilder().setRevision(revision).addAllChanges(changes).build();
  }

  private WatchResponse wholeMap(ClusterImage now) {
    long revision = now.revision();
    if (wholeMap.isEmpty() || wholeMap.get().getRevision() != revision) {
      wholeMap =
          Optional.of(WatchResponse.newBuilder().setRevision(revision).setMap(now.toMap()).build());
    }
    return wholeMap.get();
  }

  /** What throws is not run again by the scheduler, and then all watchers would hear nothing. */
  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      log.error("The watchers could not be served, going on", e);
    }
  }

  /** Does something for every watcher; one whose turn fails is sent away, to resume elsewhere. */
  private void forEach(Consumer<Watcher> turn) {
    for (Watcher watcher : List.copyOf(watchers)) {
      try {
        turn.accept(watcher);
      } catch (RuntimeException e) {
        log.error("A watcher could not be served: revision={}", watcher.revision, e);
        end(watcher, ErrorCode.INTERNAL_FAULT, "this member could not serve the watch");
      }
    }
  }

  private void signsOfLife() {
    long now = nanos.getAsLong();
    forEach(watcher -> signOfLife(watcher, now));
  }

  private void signOfLife(Watcher watcher, long now) {
    if (watcher.stream.isReady()) {
      if (!feed(watcher)) {
        alive(watcher);
      }
    } else if (now - watcher.readyNanos > STUCK_NANOS) {
      log.info("Cutting a watcher that takes nothing: revision={}", watcher.revision);
      end(watcher, ErrorCode.OVERLOADED, "the watcher takes no steps");
    }
  }

  private void alive(Watcher watcher) {
    if (watchers.contains(watcher) && watcher.stream.isReady() && followsALeader.getAsBoolean()) {
      watcher.readyNanos = nanos.getAsLong();
      // The state may be further than what the watcher was sent; a watcher that is ahead must hear
      // that this member is behind.
      long revision = Math.min(watcher.revision, map.image().revision());
      send(watcher, step(revision, List.of()));
    }
  }

  private void send(Watcher watcher, WatchResponse step) {
    try {
      watcher.stream.onNext(step);
    } catch (IllegalStateException | StatusRuntimeException e) {
      // Cancelled in between.
      remove(watcher);
    }
  }

  private void end(Watcher watcher, ErrorCode code, String why) {
    remove(watcher);
    try {
      watcher.stream.onError(new ByssusException(code, why));
    } catch (IllegalStateException | StatusRuntimeException e) {
      log.debug("A watcher had gone already", e);
    }
  }

  private void remove(Watcher watcher) {
    watchers.remove(watcher);
    count = watchers.size();
  }

  /** Ends all streams and takes no more: watchers go on at another member. */
  public void endStreams() throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    boolean taken =
        execute(
            () -> {
              stopping = true;
              forEach(this::sendAway);
              ended.countDown();
            });
    if (taken && !ended.await(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      log.warn("The watch streams did not end in time");
    }
  }

  private void sendAway(Watcher watcher) {
    end(watcher, ErrorCode.SHUTTING_DOWN, "this member is stopping");
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
