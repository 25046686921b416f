package io.byssus.client;

import io.byssus.model.ErrorCode;
import java.util.concurrent.CompletableFuture;

/** Ends a read's attempts when the future of its result is cancelled. */
final class Cancellations {
  private Cancellations() {}

  static void passOn(CompletableFuture<?> result, LiveCalls.Call call) {
    result.whenComplete(
        (value, failure) -> {
          if (result.isCancelled()) {
            call.abort(CallFailure.local(ErrorCode.DEADLINE_PASSED, "the future was cancelled"));
          }
        });
  }
}
