package io.byssus.client;

import io.byssus.model.Position;
import java.util.OptionalLong;

/**
 * A write that was acknowledged.
 *
 * @param shard the shard that took it
 * @param position where the log holds the copy that was acknowledged: a token for session reads,
 *     not a version
 * @param version with {@link Acknowledgement#APPLIED} the version that the write gave its records,
 *     an unsigned number; else empty
 */
public record WriteResult(int shard, Position position, OptionalLong version) {}
