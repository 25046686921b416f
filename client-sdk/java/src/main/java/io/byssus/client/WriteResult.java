package io.byssus.client;

import io.byssus.model.Position;
import io.byssus.proto.kv.v1.WriteResponse;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A write that was acknowledged.
 *
 * @param shard the shard that took it
 * @param position where the log holds the copy that was acknowledged: a token for session reads,
 *     not a version
 * @param version with {@link Acknowledgement#APPLIED} in a namespace of {@code LOG_ORDER}, where
 *     the write took effect: the version that it gave its records, an unsigned number; else empty
 * @param failure why the write took no effect: a condition that did not hold, or an increment that
 *     could not be done; empty where there was nothing in the way
 * @param sums what its increments made of their records, in the order of its operations; empty
 *     where it failed
 * @param superseded with {@link Acknowledgement#APPLIED} in a namespace of {@code VERSION}: how
 *     many operations had no effect because the record already had a version that wins: a higher
 *     one, or the same one, deleted or with a content that adds nothing
 */
public record WriteResult(
    int shard,
    Position position,
    OptionalLong version,
    Optional<WriteFailure> failure,
    List<Long> sums,
    int superseded) {
  /** Copies the list. */
  public WriteResult {
    // Most have none, and the empty list of a message is none that List.copyOf knows.
    sums = sums.isEmpty() ? List.of() : List.copyOf(sums);
  }

  /**
   * Whether the write was carried out: false where a condition did not hold or an increment could
   * not be done. An operation that lost to a higher version counts as carried out; see {@link
   * #superseded()}.
   */
  public boolean tookEffect() {
    return failure.isEmpty();
  }

  static WriteResult of(WriteResponse response) {
    return new WriteResult(
        response.getShard(),
        Position.of(response.getPosition()),
        response.getVersion() == 0 ? OptionalLong.empty() : OptionalLong.of(response.getVersion()),
        response.hasFailure()
            ? Optional.of(WriteFailure.of(response.getFailure()))
            : Optional.empty(),
        response.getSumsList(),
        response.getSuperseded());
  }
}
