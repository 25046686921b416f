package io.byssus.server;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.byssus.storage.StorageConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.function.IntSupplier;

/**
 * What a server's process may take of the machine's memory at most, by how it is configured: Java
 * heap and native memory. The operating system's cache of its files is not among it.
 *
 * <p>Four parts are settings. What they are kept with is not, and is allowed for: the collector's
 * tables beside the heap; what the allocator loses between the blocks of cache and memtables, and
 * RocksDB's buffers for flushes and compactions; classes, compiled code, stacks and the compilers
 * at work; and for each replica an open database. The allowances are generous: a machine that has
 * as much as this bound beside the cache of its files does not run out.
 *
 * @param heapBytes the largest heap ({@code -Xmx})
 * @param directBytes buffers of gRPC and of Kafka's clients ({@code -XX:MaxDirectMemorySize}; a JVM
 *     that is not told takes as much as the heap)
 * @param blockCacheBytes {@code storage.block-cache}
 * @param memtableBytes {@code storage.memtables}
 */
record MemoryBound(long heapBytes, long directBytes, long blockCacheBytes, long memtableBytes) {
  /** Of the heap, and of cache and memtables, this part is allowed beside. */
  private static final int ALLOWED_PART = 8;

  /** Classes, compiled code, compilers, stacks. */
  private static final long JVM_BYTES = 256L << 20;

  private static final long REPLICA_BYTES = 512L << 10;

  /** The bound of this process. */
  static MemoryBound ofThisProcess(StorageConfig storage) {
    long heap = Runtime.getRuntime().maxMemory();
    long direct =
        Long.parseLong(
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("MaxDirectMemorySize")
                .getValue());
    return new MemoryBound(
        heap, direct == 0 ? heap : direct, storage.blockCacheBytes(), storage.memtableBytes());
  }

  /** Tells it to whoever watches the process. */
  void register(MeterRegistry registry, IntSupplier replicas) {
    Gauge.builder("byssus.memory.bound.bytes", () -> bytes(replicas.getAsInt()))
        .description("What the process may take of memory at most, as it is configured")
        .strongReference(true)
        .register(registry);
  }

  /** All of it, with so many replicas open. */
  long bytes(int replicas) {
    long rocksDb = blockCacheBytes + memtableBytes;
    return heapBytes
        + heapBytes / ALLOWED_PART
        + directBytes
        + rocksDb
        + rocksDb / ALLOWED_PART
        + JVM_BYTES
        + replicas * REPLICA_BYTES;
  }
}
