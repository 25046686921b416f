package io.byssus.dispatcher;

import io.byssus.dispatcher.writes.WriteStreamHost;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The dispatcher's threads beside gRPC's own. */
final class Threads implements AutoCloseable {
  private static final int WRITE_THREADS = 16;
  private static final int LOOKUP_THREADS = 4;
  private static final int MAX_LOOKUPS_WAITING = 256;
  private static final int SENDING_THREADS = 4;

  private final ScheduledThreadPoolExecutor timer;
  private final ScheduledThreadPoolExecutor housekeeping;
  private final ThreadPoolExecutor writes;
  private final ThreadPoolExecutor lookups;
  private final ThreadPoolExecutor sendings;

  /**
   * No thread yet; they come as they are needed.
   *
   * @param mostCalls how many calls there are at most, each of which may have a write in line
   */
  Threads(int mostCalls) {
    timer = scheduler("dispatcher-timer");
    housekeeping = scheduler("dispatcher-housekeeping");
    writes = pool("dispatcher-writes", WRITE_THREADS, mostCalls);
    lookups = pool("dispatcher-lookups", LOOKUP_THREADS, MAX_LOOKUPS_WAITING);
    // A stream has one task there at a time.
    sendings = pool("dispatcher-sendings", SENDING_THREADS, WriteStreamHost.MAX_STREAMS);
  }

  /** Fires deadlines and pauses; its tasks must not block. */
  ScheduledExecutorService timer() {
    return timer;
  }

  /** One thread that follows the map. */
  ScheduledExecutorService housekeeping() {
    return housekeeping;
  }

  /** Hands records to the log. */
  Executor writes() {
    return writes;
  }

  /** Asks the control plane for namespaces. */
  Executor lookups() {
    return lookups;
  }

  /** Sends results of streams; its tasks must not block. */
  Executor sendings() {
    return sendings;
  }

  private static ScheduledThreadPoolExecutor scheduler(String name) {
    ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1, named(name));
    // Nearly every deadline is cancelled, and would else stay in the queue until it comes.
    scheduler.setRemoveOnCancelPolicy(true);
    scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return scheduler;
  }

  private static ThreadPoolExecutor pool(String name, int threads, int waiting) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads, threads, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(waiting), named(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static ThreadFactory named(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public void close() {
    for (ExecutorService each :
        new ExecutorService[] {writes, lookups, sendings, housekeeping, timer}) {
      each.shutdownNow();
    }
  }
}
