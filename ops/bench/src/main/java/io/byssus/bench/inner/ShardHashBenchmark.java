package io.byssus.bench.inner;

import com.google.protobuf.ByteString;
import io.byssus.bench.load.Records;
import io.byssus.model.ShardHash;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The way from a partition key to its shard. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ShardHashBenchmark {
  private static final int SHARDS = 1_024;

  private final byte[] key = new Records(1, 1).key(20_261_122);
  private final ByteString string = ByteString.copyFrom(key);
  private int namespaceId;

  /** A key as bytes. */
  @Benchmark
  public int bytes() {
    return ShardHash.shard(namespaceId++, key, SHARDS);
  }

  /** A key as it arrives in a message. */
  @Benchmark
  public int byteString() {
    return ShardHash.shard(namespaceId++, string, SHARDS);
  }
}
