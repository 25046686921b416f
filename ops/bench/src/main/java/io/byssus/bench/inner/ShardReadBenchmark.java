package io.byssus.bench.inner;

import com.google.protobuf.ByteString;
import io.byssus.bench.load.Records;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.storage.Shard;
import io.byssus.storage.StoredRecord;
import java.io.IOException;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** Point reads of a shard whose records are in files, and in the cache. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ShardReadBenchmark {
  private static final int KEYS = 100;
  private static final Records RECORDS = new Records(100_000, 100);
  private static final NamespaceRules RULES = ShardLog.rules(1, ConflictRule.LOG_ORDER).build();

  private final SplittableRandom random = new SplittableRandom(20_261_122);
  private MeasuredShard shard;

  /** Makes the shard. */
  @Setup
  public void open() throws IOException {
    shard = new MeasuredShard(RECORDS);
    shard.load(RULES);
    shard.reopen();
  }

  /** One record. */
  @Benchmark
  public StoredRecord get() {
    return read(shard.shard());
  }

  /** A hundred records, as a multi-get of that many keys of one shard reads them; for each key. */
  @Benchmark
  @OperationsPerInvocation(KEYS)
  public void multiGet(Blackhole blackhole) {
    Shard asked = shard.shard();
    for (int i = 0; i < KEYS; i++) {
      blackhole.consume(read(asked));
    }
  }

  private StoredRecord read(Shard asked) {
    Optional<StoredRecord> read =
        asked.get(1, shard.key(random.nextInt(RECORDS.count())), ByteString.EMPTY);
    return read.orElseThrow();
  }

  /** Removes it. */
  @TearDown
  public void close() throws IOException {
    shard.close();
  }
}
