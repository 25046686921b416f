package io.byssus.client.calls;

import io.byssus.model.ErrorCode;
import java.util.concurrent.CompletableFuture;

/** Ends a read's attempts when the future of its result is cancelled. */
public final class Cancellations {
  private Cancellations() {}

  public static void passOn(CompletableFuture<?> result, LiveCalls.Call call) {
    result.whenComplete(
        (value, failure) -> {
          if (result.isCancelled()) {
            call.abort(CallFailure.local(ErrorCode.DEADLINE_PASSED, "the future was cancelled"));
          }
        });
  }
}
