package io.byssus.client;

import io.byssus.model.ErrorCode;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * What calls are like whose options say nothing, as the client was built.
 *
 * @param readDeadline how long reads may take
 * @param writeDeadline how long writes may take
 * @param consistency how strong reads are
 * @param acknowledgement when writes are answered
 * @param session the client's own
 * @param requestIds asked once per call
 */
record CallDefaults(
    Duration readDeadline,
    Duration writeDeadline,
    Consistency consistency,
    Acknowledgement acknowledgement,
    Session session,
    Supplier<String> requestIds) {
  private static final int MAX_REQUEST_ID_LENGTH = 128;

  /** The terms of a write that begins now. */
  WriteTerms write(WriteOptions options, long now) {
    return new WriteTerms(
        options.acknowledgement().orElse(acknowledgement),
        options.session().orElse(session),
        requestId(),
        now + Durations.nanos(options.deadline().orElse(writeDeadline)));
  }

  /** The terms of a read that begins now. */
  ReadTerms read(ReadOptions options, long now) {
    return new ReadTerms(
        options.consistency().orElse(consistency),
        options.session().orElse(session),
        requestId(),
        now + readNanos(options));
  }

  long readNanos(ReadOptions options) {
    return Durations.nanos(options.deadline().orElse(readDeadline));
  }

  /**
   * The id of the next call.
   *
   * @throws IllegalArgumentException where the user's supplier gives what cannot be sent
   */
  String requestId() {
    String id = requestIds.get();
    if (id == null
        || id.isEmpty()
        || id.length() > MAX_REQUEST_ID_LENGTH
        || !id.chars().allMatch(c -> c > ' ' && c <= '~')) {
      throw new IllegalArgumentException(
          "a request id is 1 to 128 printable ASCII characters, this is '" + id + "'");
    }
    return id;
  }

  static CallFailure deadlinePassed(String doing) {
    return CallFailure.local(ErrorCode.DEADLINE_PASSED, "the deadline passed " + doing);
  }
}
