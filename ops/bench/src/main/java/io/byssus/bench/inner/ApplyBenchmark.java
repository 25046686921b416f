package io.byssus.bench.inner;

import io.byssus.bench.load.Records;
import io.byssus.wal.LogEntry;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What a shard needs to apply a record of each kind: decoding it, deciding, and its part of a
 * batch's write to RocksDB. Records come by the hundred, as they do from a poll under load.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ApplyBenchmark {
  private static final int BATCH = 100;
  private static final Records RECORDS = new Records(10_000, 100);

  /** Of which kind the records are. */
  @Param public RecordKind kind;

  private MeasuredShard shard;
  private List<LogEntry> batch;
  private long number;

  /** Makes the shard, with records in the namespace of the kind. */
  @Setup
  public void open() throws IOException {
    shard = new MeasuredShard(RECORDS);
    if (kind == RecordKind.INCREMENT) {
      // Of records that there are not yet: they have no number.
      shard.announce(kind.rules());
    } else {
      shard.load(kind.rules());
    }
  }

  /** Makes the next batch of the log; not measured. */
  @Setup(Level.Invocation)
  public void encode() {
    batch = shard.next(kind, number, BATCH);
    number += BATCH;
  }

  /** A batch. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void apply() {
    shard.shard().apply(batch);
  }

  /** Fails where a record was applied as nothing: a measurement of nothing would be quick. */
  @TearDown
  public void close() throws IOException {
    try {
      shard.requireAllApplied();
    } finally {
      shard.close();
    }
  }
}
