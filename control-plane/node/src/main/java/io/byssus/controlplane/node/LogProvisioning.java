package io.byssus.controlplane.node;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.LogIdentity;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the log created while this member leads a cluster without one: one attempt at a time, on a
 * thread of its own, with a pause between. Keeps why the last attempt failed, for those who wait.
 */
final class LogProvisioning implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LogProvisioning.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final LogProvisioner provisioner;
  private final Consumer<LogIdentity> ready;
  private final LongSupplier nanos;
  private final AtomicBoolean running = new AtomicBoolean();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "log-provisioning"));
  private volatile Optional<ByssusException> failure = Optional.empty();
  private final Object attemptEnded = new Object();
  private long attempts;
  private long lastAttemptNanos;

  /**
   * Prepares for attempts.
   *
   * @param ready is given the log when it is; may throw, and is then called again after the next
   *     attempt
   */
  LogProvisioning(LogProvisioner provisioner, Consumer<LogIdentity> ready, LongSupplier nanos) {
    this.provisioner = provisioner;
    this.ready = ready;
    this.nanos = nanos;
  }

  /** Begins an attempt, unless one runs or has just failed. */
  void ensure(Cluster cluster) {
    if (justFailed() || !running.compareAndSet(false, true)) {
      return;
    }
    thread.execute(() -> attempt(cluster));
  }

  /**
   * Looks, before a cluster is made, whether its log could be: changes nothing, in Kafka or here.
   *
   * @throws ByssusException {@link ErrorCode#LOG_REFUSED} where a log of its name is there and not
   *     its own; {@link ErrorCode#LOG_UNAVAILABLE} where that could not be found out in time
   */
  void examine(Cluster cluster, Duration limit) throws InterruptedException {
    Future<?> look =
        thread.submit(
            () -> {
              provisioner.examine(cluster);
              return null;
            });
    try {
      look.get(Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      look.cancel(true);
      throw new ByssusException(
          ErrorCode.LOG_UNAVAILABLE,
          "the cluster is not initialised: Kafka at "
              + provisioner.bootstrap()
              + " did not answer within "
              + limit.toMillis()
              + " ms",
          e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ByssusException reason) {
        throw new ByssusException(
            reason.code(), "the cluster is not initialised: " + reason.getMessage(), reason);
      }
      throw new IllegalStateException("the log could not be looked at", e.getCause());
    }
  }

  private boolean justFailed() {
    synchronized (attemptEnded) {
      return attempts > 0 && nanos.getAsLong() - lastAttemptNanos < PAUSE.toNanos();
    }
  }

  private void attempt(Cluster cluster) {
    try {
      ready.accept(provisioner.provision(cluster));
      failure = Optional.empty();
      log.info("The log is ready: topic={}", LogTopics.wal(cluster));
    } catch (ByssusException e) {
      tell(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      tell(new ByssusException(ErrorCode.LOG_UNAVAILABLE, "the log cannot be created: " + e, e));
    } finally {
      synchronized (attemptEnded) {
        attempts++;
        lastAttemptNanos = nanos.getAsLong();
        running.set(false);
        attemptEnded.notifyAll();
      }
    }
  }

  private void tell(ByssusException error) {
    boolean again = failure.map(f -> f.getMessage().equals(error.getMessage())).orElse(false);
    failure = Optional.of(error);
    if (again) {
      log.debug("The log is still not ready", error);
    } else if (error.code() == ErrorCode.LOG_REFUSED) {
      log.error("The log is refused: {}", error.getMessage());
    } else {
      log.warn("The log is not ready, trying on: {}", error.getMessage());
    }
  }

  /** Why the last attempt failed; empty where it did not, or none was made. */
  Optional<ByssusException> failure() {
    return failure;
  }

  /** How many attempts have ended. */
  long attempts() {
    synchronized (attemptEnded) {
      return attempts;
    }
  }

  /** Waits for the end of an attempt after so many, or for the limit. */
  void awaitAttempt(long after, Duration limit) throws InterruptedException {
    long end = nanos.getAsLong() + limit.toNanos();
    synchronized (attemptEnded) {
      for (long left = limit.toNanos(); attempts <= after && left > 0; ) {
        TimeUnit.NANOSECONDS.timedWait(attemptEnded, left);
        left = end - nanos.getAsLong();
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    thread.shutdownNow();
    if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
      log.warn("An attempt to create the log did not end in time");
    }
  }
}
