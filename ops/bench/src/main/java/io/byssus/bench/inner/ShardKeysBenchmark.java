package io.byssus.bench.inner;

import com.google.protobuf.ByteString;
import io.byssus.storage.RecordKey;
import io.byssus.storage.ShardKeys;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The layout of a record's key on disk, and the way back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ShardKeysBenchmark {
  /** How many bytes of the partition key are 0, and so are escaped. */
  @Param({"0", "5"})
  public int zeros;

  private ByteString partitionKey;
  private final ByteString sortKey = ByteString.copyFromUtf8("2026-11-21T10:00");
  private byte[] stored;
  private int namespaceId;

  /** Makes a partition key. */
  @Setup
  public void make() {
    byte[] key = new byte[16];
    Arrays.fill(key, (byte) 'k');
    Arrays.fill(key, 0, zeros, (byte) 0);
    partitionKey = ByteString.copyFrom(key);
    stored = ShardKeys.record(1, partitionKey, sortKey);
  }

  /** From the two keys of a record to the one on disk. */
  @Benchmark
  public byte[] record() {
    return ShardKeys.record(namespaceId++, partitionKey, sortKey);
  }

  /** And back, as scans do for each record. */
  @Benchmark
  public RecordKey nameOf() {
    return ShardKeys.nameOf(stored);
  }
}
