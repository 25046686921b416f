package io.byssus.cli.demo;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Asynchronous calls of which at most so many are in flight. The first failure ends it: further
 * calls are not made, and {@link #land} throws it.
 */
final class Flight {
  private final int most;
  private final Latencies latencies;
  private final Semaphore places;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  Flight(int most, Latencies latencies) {
    this.most = most;
    this.latencies = latencies;
    this.places = new Semaphore(most);
  }

  /** Makes a call as soon as there is a place for it. */
  <T> void launch(Supplier<CompletableFuture<T>> call, Consumer<T> onAnswer)
      throws InterruptedException {
    places.acquire();
    if (failure.get() != null) {
      places.release();
      return;
    }
    long begin = System.nanoTime();
    try {
      call.get()
          .whenComplete(
              (answer, error) -> {
                latencies.record(System.nanoTime() - begin);
                settle(answer, error, onAnswer);
              });
    } catch (RuntimeException e) {
      settle(null, e, onAnswer);
    }
  }

  /** Waits until every call is answered; throws the first failure. */
  void land() throws InterruptedException {
    places.acquire(most);
    places.release(most);
    Throwable first = failure.get();
    if (first instanceof RuntimeException e) {
      throw e;
    }
    if (first != null) {
      throw new IllegalStateException(first);
    }
  }

  private <T> void settle(T answer, Throwable error, Consumer<T> onAnswer) {
    try {
      if (error == null) {
        onAnswer.accept(answer);
      } else {
        failure.compareAndSet(
            null,
            error instanceof CompletionException e && e.getCause() != null ? e.getCause() : error);
      }
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    } finally {
      places.release();
    }
  }
}
