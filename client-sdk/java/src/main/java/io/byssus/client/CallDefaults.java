package io.byssus.client;

import io.byssus.client.calls.CallTag;
import io.byssus.client.calls.Durations;
import io.byssus.model.CallHeaders;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * What calls are like whose options say nothing, as the client was built.
 *
 * @param readDeadline how long reads may take
 * @param writeDeadline how long writes may take
 * @param consistency how strong reads are
 * @param acknowledgement when writes are answered
 * @param criticality how critical calls are
 * @param session the client's own
 * @param requestIds asked once per call
 */
record CallDefaults(
    Duration readDeadline,
    Duration writeDeadline,
    Consistency consistency,
    Acknowledgement acknowledgement,
    Criticality criticality,
    Session session,
    Supplier<String> requestIds) {
  /** The terms of a write that begins now. */
  WriteTerms write(WriteOptions options, long now) {
    return new WriteTerms(
        options.acknowledgement().orElse(acknowledgement),
        options.session().orElse(session),
        new CallTag(requestId(), options.criticality().orElse(criticality).toProto()),
        now + Durations.nanos(options.deadline().orElse(writeDeadline)));
  }

  /** The terms of a read that begins now. */
  ReadTerms read(ReadOptions options, long now) {
    return new ReadTerms(
        options.consistency().orElse(consistency),
        options.session().orElse(session),
        new CallTag(requestId(), options.criticality().orElse(criticality).toProto()),
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
    if (id == null || !CallHeaders.isRequestId(id)) {
      throw new IllegalArgumentException(
          "a request id is 1 to 64 of A-Z, a-z, 0-9 and . _ : / -, this is '" + id + "'");
    }
    return id;
  }
}
