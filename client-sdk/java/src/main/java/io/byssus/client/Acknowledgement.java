package io.byssus.client;

/** When a write is answered. */
public enum Acknowledgement {
  /** When the write is durable in the log. The default, and the faster one. */
  LOGGED,

  /** When the write is also visible on at least one replica; the answer carries its version. */
  APPLIED;

  io.byssus.proto.kv.v1.Acknowledgement toProto() {
    return this == APPLIED
        ? io.byssus.proto.kv.v1.Acknowledgement.APPLIED
        : io.byssus.proto.kv.v1.Acknowledgement.LOGGED;
  }
}
