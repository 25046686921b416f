package io.byssus.client.stamps;

import com.google.protobuf.ByteString;
import io.byssus.client.calls.DispatcherClock;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * This client as a writer: one random id, and a {@link ShardWriter} for each shard that was written
 * to, at most one per shard of the cluster.
 */
public final class WriterSession {
  /**
   * Dispatchers take stamps of 2 to 10 minutes, and acknowledge while 2 are left: 3 for retries.
   */
  private static final Duration ACCEPT_FOR = Duration.ofMinutes(5);

  private static final int WRITER_ID_BYTES = 16;

  private final ByteString writerId;
  private final DispatcherClock clock;
  private final ConcurrentHashMap<Integer, ShardWriter> shards = new ConcurrentHashMap<>();

  public WriterSession(RandomGenerator random, DispatcherClock clock) {
    byte[] id = new byte[WRITER_ID_BYTES];
    random.nextBytes(id);
    this.writerId = ByteString.copyFrom(id);
    this.clock = clock;
  }

  ShardWriter shard(int shard) {
    return shards.computeIfAbsent(
        shard, number -> new ShardWriter(writerId, clock, ACCEPT_FOR.toMillis()));
  }

  /** 16 random bytes. */
  public ByteString id() {
    return writerId;
  }

  public DispatcherClock clock() {
    return clock;
  }
}
