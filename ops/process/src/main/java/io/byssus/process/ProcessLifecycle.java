package io.byssus.process;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * How a process ends. Parts are registered in the order in which they were started and closed in
 * the reverse order, each whatever became of the others; before the first of them, the process says
 * that it is stopping. A process usually registers its {@link GrpcListener} last, so that calls in
 * flight finish while everything they need is still there.
 *
 * <p>{@link #stopOnSignals} ties this to SIGTERM and Ctrl-C, with exit code 0 after an orderly
 * stop. Without it this is an ordinary object of which many may live in one JVM. Thread-safe.
 */
public final class ProcessLifecycle {
  private static final Logger log = LoggerFactory.getLogger(ProcessLifecycle.class);
  // Calls may take 10 s to finish; flushing what they wrote comes after.
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private final Readiness readiness;
  private final Deque<Part> parts = new ArrayDeque<>();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile int exitCode;

  /** A process that tells its state by {@code readiness}. */
  public ProcessLifecycle(Readiness readiness) {
    this.readiness = readiness;
  }

  /**
   * Adds a part to be closed; a stop that has begun already closes it at once.
   *
   * @param name what the log calls it
   * @return the part itself
   */
  public <T extends AutoCloseable> T closeAtStop(String name, T part) {
    synchronized (parts) {
      if (!stopping.get()) {
        parts.push(new Part(name, part));
        return part;
      }
    }
    close(new Part(name, part));
    return part;
  }

  /** Stops in good order and returns when all is closed; whoever comes second waits for it too. */
  public void stop() {
    boolean first;
    synchronized (parts) {
      first = stopping.compareAndSet(false, true);
    }
    if (first) {
      readiness.stopping();
      while (!parts.isEmpty()) {
        close(parts.pop());
      }
      stopped.countDown();
    }
    awaitStopped();
  }

  /** Returns when a stop, begun by anyone, is complete. */
  public void awaitStopped() {
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Makes the JVM stop in good order when it is told to end, and then end with code 0. A stop that
   * takes over 30 s is cut off with code 1. What libraries say through java.util.logging goes to
   * the process' log from now on. To be called once in a JVM, before parts are started.
   */
  public void stopOnSignals() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    Runtime.getRuntime().addShutdownHook(new Thread(this::stopAndHalt, "stop"));
  }

  /**
   * Ends the JVM in good order with an exit code, for a process that cannot go on. Needs {@link
   * #stopOnSignals}. Does not return.
   */
  public void fail(int code) {
    exitCode = code;
    System.exit(code);
  }

  /** Ends the JVM in good order, but within a limit whatever happens. Does not return. */
  void endWithin(Duration limit) {
    haltAfter(limit, 0);
    System.exit(0);
  }

  private void stopAndHalt() {
    if (stopped.getCount() == 0) {
      // It stopped by itself, and whoever ends the JVM now has chosen the exit code.
      return;
    }
    haltAfter(STOP_LIMIT, 1);
    stop();
    System.out.flush();
    // A JVM that ends by a signal exits with 128 + signal; an orderly stop is no failure.
    Runtime.getRuntime().halt(exitCode);
  }

  private void haltAfter(Duration limit, int code) {
    var thread = new Thread(() -> haltUnlessStopped(limit, code), "stop-limit");
    thread.setDaemon(true);
    thread.start();
  }

  private void haltUnlessStopped(Duration limit, int code) {
    try {
      if (stopped.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      // Nobody does; and if so, ending early is what was asked for.
    }
    System.err.println("stop took over " + limit.toSeconds() + " s: cut off");
    Runtime.getRuntime().halt(code);
  }

  private static void close(Part part) {
    try {
      log.debug("closing part={}", part.name);
      part.closeable.close();
    } catch (Exception e) {
      log.error("closing failed part={}", part.name, e);
    }
  }

  private record Part(String name, AutoCloseable closeable) {}
}
