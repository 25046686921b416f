package io.byssus.client;

import io.byssus.model.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Waits for calls on the caller's thread. Every call ends by its deadline, so no wait needs one.
 */
final class Blocking {
  private Blocking() {}

  /**
   * The result of a read.
   *
   * @throws ByssusClientException what the read failed with; its stack is that of this thread
   */
  static <T> T read(CompletableFuture<T> result) {
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw here(e.getCause());
    } catch (InterruptedException e) {
      result.cancel(false);
      throw interrupted(e);
    }
  }

  /**
   * The result of a write.
   *
   * @throws ByssusClientException what the write failed with; its stack is that of this thread
   */
  static WriteResult write(CompletableFuture<WriteResult> result) {
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw here(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IndeterminateException(
          ErrorCode.INDETERMINATE, "may be written: interrupted while waiting for the answer", e);
    }
  }

  /** What a read ends with whose thread was interrupted; sets the thread's mark again. */
  static ByssusClientException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new CallInterruptedException(
        ErrorCode.DEADLINE_PASSED, "interrupted while waiting for the answer", e);
  }

  /** A failure that nobody else holds, made to point at the code that called. */
  private static RuntimeException here(Throwable failure) {
    if (failure instanceof RuntimeException known) {
      StackTraceElement[] stack = new Throwable().getStackTrace();
      known.setStackTrace(stack);
      return known;
    }
    return new IllegalStateException("a call failed in no foreseen way", failure);
  }
}
