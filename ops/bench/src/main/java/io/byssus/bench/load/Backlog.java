package io.byssus.bench.load;

import com.google.protobuf.UnsafeByteOperations;
import io.byssus.model.Limits;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import io.byssus.proto.log.v1.WriterStamp;
import java.time.Clock;

/**
 * A log as a dispatcher leaves it whose one client has put records as fast as it could: the log
 * record of number n stands in shard n mod shards. The first of each shard starts the log's
 * incarnation, the next brings the namespace's rules with its write, all others are a write alone,
 * of one put, stamped by one writer which numbers its writes shard by shard and has some hundreds
 * open.
 *
 * <p>To be encoded when it is appended: the shard clock, by which writes are too late, follows the
 * time of appending.
 *
 * @param records what is put
 * @param shards how many shards the log has
 * @param clusterId whose log it is
 * @param clock of the dispatcher
 */
public record Backlog(Records records, int shards, String clusterId, Clock clock) {
  private static final int NAMESPACE = 1;
  private static final long RULES_VERSION = 1;
  private static final int INCARNATION = 1;
  private static final long WRITER_HIGH = 0x5DEECE66D5A3C1F7L;
  private static final long WRITER_LOW = 0x9C30D539AF2B4E61L;
  private static final int OPEN = 512;
  private static final long ACCEPTED_MILLIS = 5 * 60 * 1_000;

  /** How many log records there are. */
  public int size() {
    return records.count() + shards;
  }

  /** The offset of a shard's last log record. */
  public long lastOffset(int shard) {
    return (size() - 1 - shard) / shards;
  }

  /** The bytes of a log record. */
  public byte[] bytes(long number) {
    LogRecord.Builder record =
        LogRecord.newBuilder()
            .setFormatVersion(Limits.LOG_FORMAT_VERSION)
            .setWriterTimeMs(clock.millis());
    long sequence = number / shards;
    if (sequence == 0) {
      record.setIncarnationStart(
          IncarnationStart.newBuilder().setClusterId(clusterId).setIncarnation(INCARNATION));
    } else {
      write(record, sequence, number - shards);
    }
    return record.build().toByteArray();
  }

  private void write(LogRecord.Builder record, long sequence, long put) {
    if (sequence == 1) {
      record.setNamespaceRules(
          NamespaceRules.newBuilder()
              .setNamespaceId(NAMESPACE)
              .setVersion(RULES_VERSION)
              .setName("backlog")
              .setConflictRule(ConflictRule.LOG_ORDER));
    }
    record
        .setNamespaceId(NAMESPACE)
        .setRulesVersion(RULES_VERSION)
        .setStamp(
            WriterStamp.newBuilder()
                .setWriterHigh(WRITER_HIGH)
                .setWriterLow(WRITER_LOW)
                .setSequence(sequence)
                .setLowestOpen(Math.max(1, sequence - OPEN))
                .setAcceptUntilMs(record.getWriterTimeMs() + ACCEPTED_MILLIS))
        .setWrite(
            Write.newBuilder()
                .setPartitionKey(UnsafeByteOperations.unsafeWrap(records.key(put)))
                .addOperations(
                    Operation.newBuilder()
                        .setPut(UnsafeByteOperations.unsafeWrap(records.value(put)))));
  }
}
