package io.byssus.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.storage.StorageConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MemoryBoundTest {
  private static final long MIB = 1L << 20;

  @Test
  void whatIsConfiguredCountsAndSoDoesWhatItIsKeptWith() {
    MemoryBound bound = new MemoryBound(1_024 * MIB, 128 * MIB, 512 * MIB, 256 * MIB);
    long configured = (1_024 + 128 + 512 + 256) * MIB;
    long allowed = (128 + 96 + 256) * MIB;
    assertEquals(configured + allowed, bound.bytes(0));
    assertEquals(configured + allowed + 8 * MIB, bound.bytes(16));
  }

  @Test
  void aJvmThatIsNotToldTakesAsMuchForBuffersAsForItsHeap() {
    MemoryBound bound = MemoryBound.ofThisProcess(StorageConfig.DEFAULT);
    assertEquals(Runtime.getRuntime().maxMemory(), bound.heapBytes());
    assertTrue(bound.directBytes() > 0);
    assertEquals(StorageConfig.DEFAULT.blockCacheBytes(), bound.blockCacheBytes());
  }

  @Test
  void theMeterFollowsTheReplicas() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    AtomicInteger replicas = new AtomicInteger(1);
    MemoryBound.ofThisProcess(
            new StorageConfig(128 * MIB, 64 * MIB, Duration.ofMinutes(10), Duration.ofMinutes(10)))
        .register(registry, replicas::get);
    double one = registry.get("byssus.memory.bound.bytes").gauge().value();
    replicas.set(1_001);
    assertEquals(one + 500 * MIB, registry.get("byssus.memory.bound.bytes").gauge().value());
  }
}
