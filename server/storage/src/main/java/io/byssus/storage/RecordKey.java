package io.byssus.storage;

import com.google.protobuf.ByteString;
import java.util.Objects;

/**
 * A record's name within its namespace.
 *
 * @param partitionKey picks the shard
 * @param sortKey orders the records of a partition key, bytewise; may be empty
 */
public record RecordKey(ByteString partitionKey, ByteString sortKey) {
  /** Checks that both are there. */
  public RecordKey {
    Objects.requireNonNull(partitionKey);
    Objects.requireNonNull(sortKey);
  }
}
