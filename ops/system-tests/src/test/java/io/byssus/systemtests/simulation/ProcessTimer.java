package io.byssus.systemtests.simulation;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A process' executors: what is given to them becomes events of the simulation. */
public final class ProcessTimer extends AbstractExecutorService
    implements ScheduledExecutorService {
  private final SimulatedProcess process;

  ProcessTimer(SimulatedProcess process) {
    this.process = process;
  }

  @Override
  public void execute(Runnable command) {
    process.after(0, "task", command);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    Later<Void> later = new Later<>();
    later.event =
        process.after(
            unit.toNanos(delay),
            "timer",
            () -> {
              later.result.complete(null);
              command.run();
            });
    return later;
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    return scheduleWithFixedDelay(command, initialDelay, period, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    Later<Void> later = new Later<>();
    repeat(later, command, unit.toNanos(initialDelay), unit.toNanos(delay));
    return later;
  }

  private void repeat(Later<Void> later, Runnable command, long delay, long period) {
    later.event =
        process.after(
            delay,
            "timer",
            () -> {
              command.run();
              if (!later.event.cancelled()) {
                repeat(later, command, period, period);
              }
            });
  }

  private final class Later<V> implements ScheduledFuture<V> {
    private final CompletableFuture<V> result = new CompletableFuture<>();
    private Schedule.Event event;

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(event.atNanos() - process.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      event.cancel();
      return result.cancel(false);
    }

    @Override
    public boolean isCancelled() {
      return result.isCancelled();
    }

    @Override
    public boolean isDone() {
      return result.isDone();
    }

    @Override
    public V get() throws InterruptedException, ExecutionException {
      return result.get();
    }

    @Override
    public V get(long timeout, TimeUnit unit)
        throws InterruptedException, ExecutionException, TimeoutException {
      return result.get(timeout, unit);
    }
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
