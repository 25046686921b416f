package io.byssus.bench.inner;

import com.google.protobuf.ByteString;
import io.byssus.bench.load.Records;
import io.byssus.model.Limits;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import io.byssus.wal.DecodedRecord;
import io.byssus.wal.LogRecordCodec;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A write on its way into the log and out of it; the whole record, whatever it holds. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LogRecordBenchmark {
  private static final Records RECORDS = new Records(1, 100);
  private static final long NOW_MILLIS = 1_800_000_000_000L;

  /** Puts of one write. */
  @Param({"1", "100"})
  public int operations;

  private final ByteString partitionKey = ByteString.copyFrom(RECORDS.key(1));
  private ByteString[] sortKeys;
  private ByteString[] values;
  private byte[] encoded;
  private long sequence;

  /** Makes what the record is made of, and one record. */
  @Setup
  public void make() {
    sortKeys = new ByteString[operations];
    values = new ByteString[operations];
    for (int i = 0; i < operations; i++) {
      sortKeys[i] = operations == 1 ? ByteString.EMPTY : ByteString.copyFrom(RECORDS.key(i));
      values[i] = ByteString.copyFrom(RECORDS.value(i));
    }
    encoded = encode();
  }

  /** From keys and values to bytes. */
  @Benchmark
  public byte[] encode() {
    Write.Builder write = Write.newBuilder().setPartitionKey(partitionKey);
    for (int i = 0; i < operations; i++) {
      write.addOperations(Operation.newBuilder().setSortKey(sortKeys[i]).setPut(values[i]));
    }
    return LogRecord.newBuilder()
        .setFormatVersion(Limits.LOG_FORMAT_VERSION)
        .setNamespaceId(1)
        .setRulesVersion(1)
        .setWriterTimeMs(NOW_MILLIS)
        .setStamp(ShardLog.stamp(++sequence, NOW_MILLIS))
        .setWrite(write)
        .build()
        .toByteArray();
  }

  /** From bytes to a record that a shard may apply. */
  @Benchmark
  public DecodedRecord decode() {
    DecodedRecord decoded = LogRecordCodec.decode(encoded);
    if (!(decoded instanceof DecodedRecord.Readable)) {
      throw new IllegalStateException("not readable: " + decoded);
    }
    return decoded;
  }
}
