package io.byssus.server;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads on which streams of records are read, apart from those that answer single reads: each
 * stream has one short burst queued at the most, so they take turns.
 */
final class StreamThreads implements Executor, AutoCloseable {
  private final ExecutorService threads;

  StreamThreads(int count) {
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newFixedThreadPool(
            count,
            task -> {
              Thread thread = new Thread(task, "streams-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public void execute(Runnable burst) {
    threads.execute(burst);
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
