package io.byssus.client;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * An increment that was acknowledged.
 *
 * @param sum what the record's value is since; empty where the increment took no effect
 * @param write the write that it was
 */
public record IncrementResult(OptionalLong sum, WriteResult write) {
  static IncrementResult of(WriteResult write) {
    return new IncrementResult(
        write.sums().isEmpty() ? OptionalLong.empty() : OptionalLong.of(write.sums().get(0)),
        write);
  }

  /** Why it took no effect; empty where it did. */
  public Optional<WriteFailure> failure() {
    return write.failure();
  }

  /** Whether it took effect. */
  public boolean tookEffect() {
    return write.tookEffect();
  }
}
