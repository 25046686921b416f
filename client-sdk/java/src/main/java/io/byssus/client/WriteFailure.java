package io.byssus.client;

import java.util.OptionalLong;

/**
 * Why a write took no effect: the first of its operations that could not be done.
 *
 * @param operation the place of the operation among the write's operations: 0 and up
 * @param reason what was in the way
 * @param present whether the record was there when the write was applied
 * @param version the version that the record had, an unsigned number; empty where it was absent
 */
public record WriteFailure(
    int operation, WriteFailureReason reason, boolean present, OptionalLong version) {
  static WriteFailure of(io.byssus.proto.kv.v1.WriteFailure failure) {
    return new WriteFailure(
        failure.getOperation(),
        reason(failure.getReason()),
        failure.getPresent(),
        failure.getVersion() == 0 ? OptionalLong.empty() : OptionalLong.of(failure.getVersion()));
  }

  private static WriteFailureReason reason(io.byssus.proto.kv.v1.WriteFailureReason reason) {
    return switch (reason) {
      case CONDITION_NOT_MET -> WriteFailureReason.CONDITION_NOT_MET;
      case VERSION_NOT_ABOVE -> WriteFailureReason.VERSION_NOT_ABOVE;
      case NOT_A_NUMBER -> WriteFailureReason.NOT_A_NUMBER;
      case OUT_OF_RANGE -> WriteFailureReason.OUT_OF_RANGE;
      case NOT_ALLOWED -> WriteFailureReason.NOT_ALLOWED;
      case WRITE_FAILURE_REASON_UNSPECIFIED, UNRECOGNIZED -> WriteFailureReason.UNKNOWN;
    };
  }
}
