package io.byssus.bench.inner;

import io.byssus.model.Limits;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Write;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.storage.ShardIdentity;
import io.byssus.wal.LogEntry;

/**
 * Makes the log of one shard, entry by entry, as one writer and a broker without delay would. Not
 * thread-safe.
 */
public final class ShardLog {
  private static final String CLUSTER = "bench";
  private static final long ACCEPTED_MILLIS = 3_600_000;

  private long nowMillis;
  private long offset;
  private long sequence;

  /** An empty log, which begins at a moment. */
  public ShardLog(long beginMillis) {
    this.nowMillis = beginMillis;
  }

  /** Whose log it is. */
  public static ShardIdentity identity() {
    return new ShardIdentity(CLUSTER, "kafka", "topic", 0);
  }

  /** Lets the clocks of writer and broker go on. */
  public void advanceTo(long millis) {
    nowMillis = millis;
  }

  /** How many entries there are. */
  public long entries() {
    return offset;
  }

  /** The next entry: a record of any kind, without a stamp. */
  public LogEntry next(LogRecord.Builder record) {
    byte[] bytes =
        record
            .setFormatVersion(Limits.LOG_FORMAT_VERSION)
            .setWriterTimeMs(nowMillis)
            .build()
            .toByteArray();
    return new LogEntry(offset++, 0, nowMillis, bytes);
  }

  /** The next entry: what every log begins with. */
  public LogEntry start() {
    return next(
        LogRecord.newBuilder()
            .setIncarnationStart(
                IncarnationStart.newBuilder().setClusterId(CLUSTER).setIncarnation(1)));
  }

  /** The next entry: a write that brings the rules of its namespace, as the first ones do. */
  public LogEntry writeWithRules(NamespaceRules rules, Write write) {
    return next(stamped(rules, write).setNamespaceRules(rules));
  }

  /** The next entry: a write under rules that the log has brought. */
  public LogEntry write(NamespaceRules rules, Write write) {
    return next(stamped(rules, write));
  }

  private LogRecord.Builder stamped(NamespaceRules rules, Write write) {
    sequence++;
    return LogRecord.newBuilder()
        .setNamespaceId(rules.getNamespaceId())
        .setRulesVersion(rules.getVersion())
        .setStamp(stamp(sequence, nowMillis))
        .setWrite(write);
  }

  /** The stamp of a writer's write, when all before it are closed. */
  static WriterStamp stamp(long sequence, long nowMillis) {
    return WriterStamp.newBuilder()
        .setWriterHigh(1)
        .setSequence(sequence)
        .setLowestOpen(sequence)
        .setAcceptUntilMs(nowMillis + ACCEPTED_MILLIS)
        .build();
  }

  /** The rules of a namespace that says nothing more of itself. */
  public static NamespaceRules.Builder rules(int namespaceId, ConflictRule conflictRule) {
    return NamespaceRules.newBuilder()
        .setNamespaceId(namespaceId)
        .setVersion(1)
        .setName("bench-" + namespaceId)
        .setConflictRule(conflictRule);
  }
}
