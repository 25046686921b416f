package io.byssus.server;

import io.byssus.model.Limits;
import io.byssus.proto.log.v1.Barrier;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceDrop;
import io.byssus.proto.log.v1.Tick;
import io.byssus.wal.Wal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Appends the records that servers write by themselves: barriers, ticks and namespace drops. The
 * answers and failures are those of {@link Wal#append}, which may block for about a second.
 */
final class MarkAppender {
  private final Supplier<Wal> log;
  private final Clock clock;
  private final Counter barriers;
  private final Counter ticks;
  private final Counter drops;

  MarkAppender(Supplier<Wal> log, Clock clock, MeterRegistry registry) {
    this.log = log;
    this.clock = clock;
    this.barriers = counter(registry, "barrier");
    this.ticks = counter(registry, "tick");
    this.drops = counter(registry, "namespace-drop");
  }

  private static Counter counter(MeterRegistry registry, String kind) {
    return Counter.builder("byssus.log.marks")
        .description("Records that this server handed to the log by itself")
        .tag("kind", kind)
        .register(registry);
  }

  /** Marks this moment. */
  CompletableFuture<Long> barrier(int shard) {
    return append(shard, barriers, LogRecord.newBuilder().setBarrier(Barrier.getDefaultInstance()));
  }

  /** Moves the shard clock on. */
  CompletableFuture<Long> tick(int shard) {
    return append(shard, ticks, LogRecord.newBuilder().setTick(Tick.getDefaultInstance()));
  }

  /** Removes everything of a namespace. */
  CompletableFuture<Long> drop(int shard, int namespaceId) {
    return append(
        shard,
        drops,
        LogRecord.newBuilder()
            .setNamespaceId(namespaceId)
            .setNamespaceDrop(NamespaceDrop.getDefaultInstance()));
  }

  private CompletableFuture<Long> append(int shard, Counter count, LogRecord.Builder record) {
    count.increment();
    return log.get()
        .append(
            shard,
            record
                .setFormatVersion(Limits.LOG_FORMAT_VERSION)
                .setWriterTimeMs(clock.millis())
                .build());
  }
}
