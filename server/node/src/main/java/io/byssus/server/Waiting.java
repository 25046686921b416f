package io.byssus.server;

import io.byssus.model.ByssusException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Something that a read waits for.
 *
 * @param done completes with it, or with why it will not come; on a thread that must not block
 * @param forget frees what the waiting holds; to be run once, however {@code done} ended
 * @param late what to tell a caller whose time is up
 */
record Waiting<T>(CompletableFuture<T> done, Runnable forget, Supplier<ByssusException> late) {
  /** What need not be waited for. */
  static <T> Waiting<T> over(T result) {
    return over(CompletableFuture.completedFuture(result));
  }

  private static <T> Waiting<T> over(CompletableFuture<T> done) {
    return new Waiting<>(
        done,
        () -> {},
        () -> {
          throw new IllegalStateException("nobody waits any more");
        });
  }

  /** What will not come. */
  static <T> Waiting<T> failed(ByssusException why) {
    return over(CompletableFuture.failedFuture(why));
  }
}
