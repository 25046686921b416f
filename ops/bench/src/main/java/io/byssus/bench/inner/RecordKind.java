package io.byssus.bench.inner;

import com.google.protobuf.ByteString;
import io.byssus.proto.log.v1.Barrier;
import io.byssus.proto.log.v1.Condition;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.Delete;
import io.byssus.proto.log.v1.Increment;
import io.byssus.proto.log.v1.Lifetime;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.MustBePresent;
import io.byssus.proto.log.v1.NamespaceConfig;
import io.byssus.proto.log.v1.NamespaceDrop;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Tick;
import io.byssus.proto.log.v1.Write;
import io.byssus.wal.LogEntry;

/**
 * What stands in the log: every kind of record, and every kind of write that a shard does something
 * of its own for. Each has a namespace of its own, whose id is its place here plus 1: what one kind
 * does to a namespace would slow down the others.
 */
public enum RecordKind {
  /** Blind: the record is not read first. */
  PUT,
  /** The expiry index is kept in step. */
  PUT_WITH_TTL,
  /** Ten versions of each record are kept. */
  PUT_KEEPING_VERSIONS,
  /** The outcome is kept for whoever waits for it. */
  PUT_WITH_OUTCOME,
  /** If there is such a record. */
  PUT_IF_PRESENT,
  /** If its value is as said. */
  PUT_IF_VALUE,
  /** The higher version wins. */
  PUT_VERSION,
  /** Blind. */
  DELETE,
  /** A tombstone keeps the version. */
  DELETE_VERSION,
  /** By one. */
  INCREMENT,
  /** New rules for a namespace that there is. */
  NAMESPACE_CONFIG,
  /** Of namespaces of which the shard holds nothing. */
  NAMESPACE_DROP,
  /** Again and again of the same incarnation. */
  INCARNATION_START,
  /** As reads of what is acknowledged append it. */
  BARRIER,
  /** By a millisecond. */
  TICK;

  private static final int KEPT_VERSIONS = 10;
  private static final long TTL_MILLIS = 3_600_000;

  /** The rules of its namespace. */
  NamespaceRules rules() {
    boolean versions = this == PUT_VERSION || this == DELETE_VERSION;
    return ShardLog.rules(ordinal() + 1, versions ? ConflictRule.VERSION : ConflictRule.LOG_ORDER)
        .setMaxVersions(this == PUT_KEEPING_VERSIONS ? KEPT_VERSIONS : 1)
        .build();
  }

  /**
   * The next entry of a log, of this kind.
   *
   * @param number how many of this kind came before
   * @param key of a record that there is, for those that are writes
   * @param value which that record has
   */
  LogEntry next(ShardLog log, long number, ByteString key, ByteString value) {
    return switch (this) {
      case NAMESPACE_CONFIG ->
          log.next(
              LogRecord.newBuilder()
                  .setNamespaceConfig(NamespaceConfig.getDefaultInstance())
                  .setNamespaceId(rules().getNamespaceId())
                  .setRulesVersion(number + 2)
                  .setNamespaceRules(rules().toBuilder().setVersion(number + 2)));
      case NAMESPACE_DROP ->
          log.next(
              LogRecord.newBuilder()
                  .setNamespaceDrop(NamespaceDrop.getDefaultInstance())
                  .setNamespaceId(values().length + 1 + (int) number));
      case INCARNATION_START -> log.start();
      case BARRIER -> log.next(LogRecord.newBuilder().setBarrier(Barrier.getDefaultInstance()));
      case TICK -> log.next(LogRecord.newBuilder().setTick(Tick.getDefaultInstance()));
      default ->
          log.write(
              rules(),
              Write.newBuilder()
                  .setPartitionKey(key)
                  .addOperations(operation(number, value))
                  .setKeepOutcome(this == PUT_WITH_OUTCOME)
                  .build());
    };
  }

  private Operation.Builder operation(long number, ByteString value) {
    Operation.Builder put = Operation.newBuilder().setPut(value);
    // The version of a record as it was loaded is 1.
    return switch (this) {
      case PUT_WITH_TTL -> put.setLifetime(Lifetime.newBuilder().setTtlMs(TTL_MILLIS));
      case PUT_IF_PRESENT ->
          put.setCondition(Condition.newBuilder().setPresent(MustBePresent.getDefaultInstance()));
      case PUT_IF_VALUE -> put.setCondition(Condition.newBuilder().setValueEquals(value));
      case PUT_VERSION -> put.setVersion(number + 2);
      case DELETE -> put.setDelete(Delete.getDefaultInstance());
      case DELETE_VERSION -> put.setDelete(Delete.getDefaultInstance()).setVersion(number + 2);
      case INCREMENT -> put.setIncrement(Increment.newBuilder().setDelta(1));
      default -> put;
    };
  }
}
