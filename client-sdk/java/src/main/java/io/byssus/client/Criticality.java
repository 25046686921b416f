package io.byssus.client;

/** Which calls a process refuses first when it has as many as it can bear. */
public enum Criticality {
  /** Refused first: batch work that can wait. */
  SHEDDABLE,

  /** Refused when sheddable calls have been. What calls are that say nothing. */
  DEFAULT,

  /** Refused last. */
  CRITICAL;

  io.byssus.proto.kv.v1.Criticality toProto() {
    return switch (this) {
      case SHEDDABLE -> io.byssus.proto.kv.v1.Criticality.SHEDDABLE;
      // Not set means the same, and costs no byte.
      case DEFAULT -> io.byssus.proto.kv.v1.Criticality.CRITICALITY_UNSPECIFIED;
      case CRITICAL -> io.byssus.proto.kv.v1.Criticality.CRITICAL;
    };
  }
}
