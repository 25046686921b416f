package io.byssus.clustermap;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of new maps: first the file, then the listeners in the order of their coming, all on one
 * thread. However many maps come while a listener is busy, at most one more round waits.
 */
final class MapListeners implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MapListeners.class);

  private final Optional<MapFile> file;
  private final Supplier<ClusterImage> newest;
  private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
  private final AtomicBoolean roundWaits = new AtomicBoolean();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread t = new Thread(task, "cluster-map-listeners");
            t.setDaemon(true);
            return t;
          });
  private long writtenRevision;

  MapListeners(Optional<MapFile> file, Supplier<ClusterImage> newest) {
    this.file = file;
    this.newest = newest;
    this.writtenRevision = newest.get().revision();
  }

  AutoCloseable add(Consumer<ClusterImage> listener) {
    Subscription subscription = new Subscription(listener);
    subscriptions.add(subscription);
    changed();
    return () -> subscriptions.remove(subscription);
  }

  /** There is a newer map, or a new listener. */
  void changed() {
    if (roundWaits.compareAndSet(false, true)) {
      try {
        thread.execute(this::round);
      } catch (RejectedExecutionException e) {
        log.debug("A map came after the close");
      }
    }
  }

  private void round() {
    roundWaits.set(false);
    ClusterImage image = newest.get();
    store(image);
    for (Subscription subscription : subscriptions) {
      subscription.tell(image);
    }
  }

  private void store(ClusterImage image) {
    if (file.isEmpty() || image.revision() == writtenRevision) {
      return;
    }
    try {
      file.get().write(image.toMap());
      writtenRevision = image.revision();
    } catch (IOException e) {
      // The map in memory is good; only a restart while the control plane is away would miss it.
      log.warn("The map file cannot be written: file={}", file.get().path(), e);
    }
  }

  /** Returns when the rounds in hand are over. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
        log.warn("A listener of the cluster map still runs");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Subscription {
    private final Consumer<ClusterImage> listener;
    private ClusterImage last;

    Subscription(Consumer<ClusterImage> listener) {
      this.listener = listener;
    }

    void tell(ClusterImage image) {
      if (image == last) {
        return;
      }
      last = image;
      try {
        listener.accept(image);
      } catch (RuntimeException | Error e) {
        log.error("A listener of the cluster map failed: revision={}", image.revision(), e);
      }
    }
  }
}
