package io.byssus.dispatcher.writes;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.model.Position;
import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.kv.v1.WriteError;
import io.byssus.proto.kv.v1.WriteResponse;
import io.byssus.proto.kv.v1.WriteResult;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/** Says to a caller what became of its write. */
final class WriteAnswers {
  private final Clock clock;

  WriteAnswers(Clock clock) {
    this.clock = clock;
  }

  /** The write is durable in the log. */
  WriteResponse logged(WriteLane lane, long position) {
    return response(lane, position).build();
  }

  /**
   * A replica tells what became of the write, or of the copy of it that came first.
   *
   * @throws ByssusException WRITE_EXPIRED, INDETERMINATE
   */
  WriteResponse applied(WriteLane lane, long position, WriteOutcome outcome) {
    return switch (outcome.getKind()) {
      case OUTCOME_APPLIED ->
          response(lane, position)
              .setVersion(outcome.getVersion())
              .addAllSums(outcome.getSumsList())
              .setSuperseded(outcome.getSuperseded())
              .build();
      case OUTCOME_FAILED -> response(lane, position).setFailure(outcome.getFailure()).build();
      case OUTCOME_NOT_APPLIED ->
          throw new ByssusException(
              ErrorCode.WRITE_EXPIRED,
              "the write came after its accept-until, or after a later write had closed it");
      case OUTCOME_KIND_UNSPECIFIED, UNRECOGNIZED ->
          throw new ByssusException(
              ErrorCode.INDETERMINATE,
              "the write is logged, and its outcome is not known any more");
    };
  }

  /** The write is durable in the log, and nobody told in time what became of it. */
  static ByssusException untold(Throwable failure) {
    return new ByssusException(
        ErrorCode.INDETERMINATE,
        "the write is logged, but no replica told what became of it",
        failure);
  }

  /** A write of a stream has failed. */
  static WriteResult failed(long number, ByssusException error) {
    return WriteResult.newBuilder()
        .setNumber(number)
        .setError(
            WriteError.newBuilder()
                .setReason(error.code().name())
                .setMessage(String.valueOf(error.getMessage()))
                .setRetryAfterMs(error.code().retryAfter().map(Duration::toMillis).orElse(0L)))
        .build();
  }

  /** A failure of whatever part of the way. */
  static ByssusException error(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return GrpcErrors.fromGrpc(cause, ErrorCode.NO_REPLICA);
  }

  /** What a fault that the tests plant answers before the log has. */
  WriteResponse early(WriteLane lane) {
    return logged(lane, Position.pack(lane.incarnation(), 0));
  }

  private WriteResponse.Builder response(WriteLane lane, long position) {
    return WriteResponse.newBuilder()
        .setShard(lane.shard())
        .setPosition(position)
        .setDispatcherTimeMs(clock.millis());
  }
}
