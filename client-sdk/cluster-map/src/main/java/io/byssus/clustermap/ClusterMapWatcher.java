package io.byssus.clustermap;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.WatchRequest;
import io.byssus.proto.internal.v1.WatchResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the cluster map: watches it at one member of the control plane, and at another when that
 * one fails, falls silent or stays behind. While no member can be reached the last map stands; with
 * a file it also stands after a restart.
 *
 * <p>What holds always:
 *
 * <ul>
 *   <li>The revision never goes back, whichever member answers: a member that is behind is waited
 *       for, and after a while left for another.
 *   <li>A map of another cluster is never applied. It is reported by {@link #refusal} and in the
 *       log, and the watcher goes on asking. Calls through the same client name the cluster too.
 *   <li>Listeners are called one at a time, in order of revision, on a thread of their own. They
 *       see the newest map, not each one between; the file holds a map before listeners see it.
 * </ul>
 */
public final class ClusterMapWatcher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClusterMapWatcher.class);

  private final ControlPlaneClient client;
  private final String ownClusterId;
  private final WatchTimings timings;
  private final RandomGenerator random;
  private final Backoff backoff;
  private final MapListeners listeners;
  private final Thread thread;

  private final Object changed = new Object();
  private volatile ClusterImage current;
  private volatile Optional<String> connectedTo = Optional.empty();
  private volatile Optional<String> refusal = Optional.empty();
  private volatile boolean closed;

  /**
   * Starts to follow the map.
   *
   * @param client gives the members; stays the caller's, to be closed after the watcher
   * @param file where the last map is kept; empty: nowhere
   * @param clusterId the cluster that the caller's data belongs to; empty: not known yet
   * @throws ByssusException {@link ErrorCode#WRONG_CLUSTER} where the file holds another cluster's
   *     map than {@code clusterId}'s
   */
  public static ClusterMapWatcher start(
      ControlPlaneClient client, Optional<Path> file, String clusterId) {
    return start(
        client, file, clusterId, WatchTimings.DEFAULT, RandomGenerator.of("L64X128MixRandom"));
  }

  static ClusterMapWatcher start(
      ControlPlaneClient client,
      Optional<Path> file,
      String clusterId,
      WatchTimings timings,
      RandomGenerator random) {
    ClusterMapWatcher watcher =
        new ClusterMapWatcher(client, file.map(MapFile::new), clusterId, timings, random);
    watcher.thread.start();
    return watcher;
  }

  private ClusterMapWatcher(
      ControlPlaneClient client,
      Optional<MapFile> file,
      String clusterId,
      WatchTimings timings,
      RandomGenerator random) {
    this.client = client;
    this.ownClusterId = clusterId;
    this.timings = timings;
    this.random = random;
    this.backoff = new Backoff(timings.firstPause(), timings.maxPause(), random);
    Optional<ClusterImage> last = file.flatMap(MapFile::read).map(ClusterImage::of);
    last.ifPresent(image -> checkCluster(image, "the map file"));
    this.current = last.orElseGet(ClusterImage::empty);
    client.speakFor(this::knownClusterId);
    this.listeners = new MapListeners(file, this::current);
    this.thread = new Thread(this::run, "cluster-map-watcher");
    thread.setDaemon(true);
  }

  /** The newest map. */
  public ClusterImage current() {
    return current;
  }

  /**
   * Calls back with the map of now, and whenever there is a newer one, until the answer is closed.
   * A listener that throws is logged and called again with the next map.
   */
  public AutoCloseable listen(Consumer<ClusterImage> listener) {
    return listeners.add(listener);
  }

  /**
   * Waits for a map that passes a test.
   *
   * @return the map, or empty where none passed in time
   */
  public Optional<ClusterImage> await(Predicate<ClusterImage> test, Duration limit)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      ClusterImage image = current;
      if (test.test(image)) {
        return Optional.of(image);
      }
      synchronized (changed) {
        while (current == image) {
          long remaining = end - System.nanoTime();
          if (remaining <= 0) {
            return Optional.empty();
          }
          TimeUnit.NANOSECONDS.timedWait(changed, remaining);
        }
      }
    }
  }

  /** The member whose stream is open and has answered; empty while the control plane is away. */
  public Optional<String> connectedTo() {
    return connectedTo;
  }

  /** Why an answer was refused since the last good one, a sentence; empty where none was. */
  public Optional<String> refusal() {
    return refusal;
  }

  private void run() {
    List<String> members = client.members();
    int at = random.nextInt(members.size());
    while (!closed) {
      String member = members.get(at);
      try {
        String reason = follow(member);
        log.info("Leaving a control-plane member: member={} reason={}", member, reason);
      } catch (ByssusException e) {
        if (e.code() == ErrorCode.WRONG_CLUSTER) {
          if (refusal.isEmpty()) {
            log.error(
                "Refused a control-plane member: member={} reason={}", member, e.getMessage());
          }
          refusal = Optional.of(member + ": " + e.getMessage());
        }
        if (connectedTo.isPresent()) {
          log.info("Lost a control-plane member: member={} reason={}", member, e.getMessage());
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException | Error e) {
        // A member's answer that this process does not understand must not end the watch.
        log.error("A control-plane member answered nonsense: member={}", member, e);
      } finally {
        connectedTo = Optional.empty();
      }
      at = (at + 1) % members.size();
      try {
        TimeUnit.NANOSECONDS.sleep(backoff.nextNanos());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Follows one member until it must be left; answers why. */
  private String follow(String member) throws InterruptedException {
    WatchRequest request =
        WatchRequest.newBuilder()
            // Without a cluster there is nothing that tells one control plane's revisions from
            // another's.
            .setAfterRevision(current.cluster().isPresent() ? current.revision() : 0)
            .setClusterId(knownClusterId())
            .build();
    try (WatchStream stream = WatchStream.open(client.channel(member), request)) {
      long behindSince = 0;
      while (true) {
        Optional<WatchResponse> step = stream.next(timings.silence());
        if (step.isEmpty()) {
          return "silent for " + timings.silence().toMillis() + " ms";
        }
        if (!connectedTo.equals(Optional.of(member))) {
          connectedTo = Optional.of(member);
          log.info("Following a control-plane member: member={}", member);
        }
        if (Long.compareUnsigned(step.get().getRevision(), current.revision()) < 0) {
          long now = System.nanoTime();
          behindSince = behindSince == 0 ? now : behindSince;
          if (step.get().hasMap() || now - behindSince > timings.behind().toNanos()) {
            return "behind, at revision " + step.get().getRevision();
          }
          continue;
        }
        behindSince = 0;
        backoff.reset();
        apply(step.get());
      }
    }
  }

  private void apply(WatchResponse step) {
    ClusterImage next = current.apply(step);
    if (next != current) {
      checkCluster(next, "the control plane");
      publish(next);
    }
    refusal = Optional.empty();
  }

  private void publish(ClusterImage next) {
    synchronized (changed) {
      current = next;
      changed.notifyAll();
    }
    listeners.changed();
  }

  /** A control plane that knows no cluster where this process knows one was made anew: not ours. */
  private void checkCluster(ClusterImage image, String source) {
    String known = knownClusterId();
    if (!known.isEmpty() && !image.clusterId().equals(known)) {
      throw new ByssusException(
          ErrorCode.WRONG_CLUSTER,
          source
              + (image.clusterId().isEmpty()
                  ? " knows no cluster"
                  : " is of cluster " + image.clusterId())
              + ", this process is of cluster "
              + known);
    }
  }

  private String knownClusterId() {
    ClusterImage image = current;
    return ownClusterId.isEmpty() && image != null ? image.clusterId() : ownClusterId;
  }

  /** Ends the watch; the last map stays. Returns when no listener runs any more. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    listeners.close();
  }
}
