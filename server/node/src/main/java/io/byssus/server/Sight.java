package io.byssus.server;

import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.storage.Shard;
import java.util.OptionalLong;

/**
 * A replica that is as a read wanted it.
 *
 * @param replica the replica
 * @param provenNanos the moment, of the replica's clock, before which a barrier has proven it to
 *     lack no write; empty where the read's level asks for no proof
 */
record Sight(Replica replica, OptionalLong provenNanos) {
  /** The shard, to read from. */
  Shard shard() {
    return replica.open();
  }

  /**
   * What an answer is worth that was read just before.
   *
   * @param seenPosition what was applied before it was read
   */
  ReadContext context(long seenPosition) {
    return replica.context(seenPosition, provenNanos);
  }
}
