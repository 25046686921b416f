package io.byssus.storage;

import com.google.protobuf.ByteString;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.Delete;
import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.wal.LogEntry;
import java.util.ArrayList;
import java.util.List;

/** Writes logs for tests: each call appends one record at the next offset. */
final class LogBuilder {
  static final String CLUSTER = "cluster-1";
  static final int NAMESPACE = 7;
  static final long EPOCH_MILLIS = 1_800_000_000_000L;

  private final List<LogEntry> entries = new ArrayList<>();
  private long nowMillis = EPOCH_MILLIS;
  private int leaderEpoch;
  private NamespaceRules rules = rules(NAMESPACE, 1);

  /** A log that begins as every log does, and has brought the rules of one namespace. */
  static LogBuilder started() {
    LogBuilder log = new LogBuilder();
    log.append(
        LogRecord.newBuilder()
            .setIncarnationStart(
                IncarnationStart.newBuilder().setClusterId(CLUSTER).setIncarnation(1)));
    return log;
  }

  static NamespaceRules rules(int namespace, long version) {
    return NamespaceRules.newBuilder()
        .setNamespaceId(namespace)
        .setVersion(version)
        .setName("n" + namespace)
        .setConflictRule(ConflictRule.LOG_ORDER)
        .build();
  }

  static WriterStamp stamp(int writer, long sequence, long lowestOpen, long acceptUntilMillis) {
    return WriterStamp.newBuilder()
        .setWriterHigh(writer)
        .setWriterLow(1)
        .setSequence(sequence)
        .setLowestOpen(lowestOpen)
        .setAcceptUntilMs(acceptUntilMillis)
        .build();
  }

  static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  static Operation put(String sortKey, String value) {
    return Operation.newBuilder().setSortKey(bytes(sortKey)).setPut(bytes(value)).build();
  }

  static Operation delete(String sortKey) {
    return Operation.newBuilder()
        .setSortKey(bytes(sortKey))
        .setDelete(Delete.getDefaultInstance())
        .build();
  }

  LogBuilder tick(long millis) {
    nowMillis += millis;
    return this;
  }

  /** The namespace of the writes from here on, and its rules, which they bring. */
  LogBuilder under(NamespaceRules next) {
    rules = next;
    return this;
  }

  LogBuilder leaderEpoch(int epoch) {
    leaderEpoch = epoch;
    return this;
  }

  long nowMillis() {
    return nowMillis;
  }

  /** Appends a write of one record that brings its namespace's rules; answers its offset. */
  long put(WriterStamp stamp, String key, String value) {
    return write(stamp, true, key, put("", value));
  }

  long write(WriterStamp stamp, boolean keepOutcome, String partitionKey, Operation... operations) {
    return append(
        LogRecord.newBuilder()
            .setNamespaceId(rules.getNamespaceId())
            .setRulesVersion(rules.getVersion())
            .setNamespaceRules(rules)
            .setStamp(stamp)
            .setWrite(
                Write.newBuilder()
                    .setPartitionKey(bytes(partitionKey))
                    .setKeepOutcome(keepOutcome)
                    .addAllOperations(List.of(operations))));
  }

  /** Appends a record, with format and writer's time where it has none; answers its offset. */
  long append(LogRecord.Builder record) {
    if (record.getFormatVersion() == 0) {
      record.setFormatVersion(1);
    }
    if (record.getWriterTimeMs() == 0) {
      record.setWriterTimeMs(nowMillis);
    }
    return appendRaw(record.build().toByteArray());
  }

  long appendRaw(byte[] bytes) {
    entries.add(new LogEntry(entries.size(), leaderEpoch, nowMillis, bytes));
    return entries.size() - 1L;
  }

  List<LogEntry> entries() {
    return entries;
  }

  /** The entries from an offset on. */
  List<LogEntry> from(long offset) {
    return entries.subList((int) offset, entries.size());
  }
}
