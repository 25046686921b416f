package io.byssus.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FlusherTest {
  private static final Duration NEVER = Duration.ofDays(1);
  private static final Duration SOON = Duration.ofMillis(200);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int MIB = 1 << 20;

  @TempDir Path directory;

  private TestShard shard(long memtableBytes, Duration flushAfter, Duration flushIdleAfter) {
    return new TestShard(
        directory.resolve("shard"),
        TestShard.rules(),
        new StorageConfig(8 * MIB, memtableBytes, flushAfter, flushIdleAfter));
  }

  private static void write(TestShard shard, int bytes) {
    String value = "x".repeat(64 << 10);
    for (int written = 0; written < bytes; written += value.length()) {
      shard.write("key" + written, LogBuilder.put("", value));
    }
  }

  private static void awaitLess(TestShard shard, int unflushedBytes) {
    Awaitility.await().atMost(LIMIT).until(() -> shard.unflushedBytes() < unflushedBytes);
  }

  @Test
  void anIdleShardIsFlushedWhenThatIsWorthAFile() {
    try (TestShard shard = shard(64 * MIB, NEVER, SOON)) {
      write(shard, 2 * MIB);
      awaitLess(shard, MIB);
      long flushed = shard.shard().nextOffset();
      shard.write("little", LogBuilder.put("", "more"));
      // Long enough for it to be idle.
      Awaitility.await().pollDelay(SOON.multipliedBy(3)).until(() -> true);
      shard.crash();
      assertEquals(flushed, shard.shard().nextOffset());
    }
  }

  @Test
  void whatIsOldIsFlushedHoweverLittle() {
    try (TestShard shard = shard(64 * MIB, SOON, NEVER)) {
      shard.write("little", LogBuilder.put("", "more"));
      long end = shard.shard().nextOffset();
      Awaitility.await()
          .atMost(LIMIT)
          .pollInterval(SOON.multipliedBy(2))
          .until(
              () -> {
                shard.crash();
                boolean kept = shard.shard().nextOffset() == end;
                shard.replay();
                return kept;
              });
    }
  }

  @Test
  void moreThanHalfOfTheMemtablesIsFlushedAtOnce() {
    try (TestShard shard = shard(8 * MIB, NEVER, NEVER)) {
      long begin = shard.shard().nextOffset();
      write(shard, 6 * MIB);
      awaitLess(shard, 4 * MIB);
      shard.crash();
      assertTrue(shard.shard().nextOffset() > begin);
    }
  }
}
