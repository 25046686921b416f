package io.byssus.server;

import com.google.protobuf.ByteString;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.Lifetime;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Tick;
import io.byssus.proto.log.v1.Write;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.storage.NodeStorage;
import io.byssus.storage.Shard;
import io.byssus.storage.ShardIdentity;
import io.byssus.storage.StorageConfig;
import io.byssus.wal.InMemoryWal;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/**
 * The replica of shard 0 on disk, with a log in memory that is applied when the test says so. What
 * has ended stays on disk.
 */
final class AppliedReplica implements AutoCloseable {
  static final int NAMESPACE = 5;

  private long millis = 1_000;
  final InMemoryWal wal = new InMemoryWal(1, () -> millis);
  final Replica replica;
  private final NodeStorage storage = NodeStorage.withoutRemoval(StorageConfig.DEFAULT);
  private long sequence;

  AppliedReplica(Path directory, LongSupplier nanoTime) {
    replica = new Replica(0, 1, nanoTime);
    replica.opened(
        Shard.open(directory, new ShardIdentity("cluster", "kafka", "topic", 0), storage));
    startIncarnation(1);
    apply();
  }

  /** Puts the start of an incarnation into the log. */
  void startIncarnation(int incarnation) {
    append(
        LogRecord.newBuilder()
            .setIncarnationStart(
                IncarnationStart.newBuilder().setClusterId("cluster").setIncarnation(incarnation)));
  }

  /** Puts a record into the log. */
  void put(String partitionKey, String sortKey, int bytes) {
    write(
        partitionKey,
        Operation.newBuilder()
            .setSortKey(ByteString.copyFromUtf8(sortKey))
            .setPut(ByteString.copyFrom(new byte[bytes]))
            .build());
  }

  /** Puts as many records into the log that {@link #expire} ends, under one partition key. */
  void putExpiring(String partitionKey, IntFunction<String> sortKey, int from, int to) {
    Operation[] puts = new Operation[to - from];
    for (int i = 0; i < puts.length; i++) {
      puts[i] =
          Operation.newBuilder()
              .setSortKey(ByteString.copyFromUtf8(sortKey.apply(from + i)))
              .setPut(ByteString.EMPTY)
              .setLifetime(Lifetime.newBuilder().setTtlMs(1))
              .build();
    }
    write(partitionKey, puts);
  }

  /** Lets the shard clock pass the end of all records that end. */
  void expire() {
    millis++;
    append(LogRecord.newBuilder().setWriterTimeMs(millis).setTick(Tick.getDefaultInstance()));
    apply();
  }

  /** Removes a record by the log. */
  void delete(String partitionKey, String sortKey) {
    write(
        partitionKey,
        Operation.newBuilder()
            .setSortKey(ByteString.copyFromUtf8(sortKey))
            .setDelete(io.byssus.proto.log.v1.Delete.getDefaultInstance())
            .build());
  }

  private void write(String partitionKey, Operation... operations) {
    sequence++;
    append(
        LogRecord.newBuilder()
            .setNamespaceId(NAMESPACE)
            .setRulesVersion(1)
            .setNamespaceRules(
                NamespaceRules.newBuilder()
                    .setNamespaceId(NAMESPACE)
                    .setVersion(1)
                    .setConflictRule(ConflictRule.LOG_ORDER))
            .setStamp(
                WriterStamp.newBuilder()
                    .setWriterHigh(1)
                    .setSequence(sequence)
                    .setLowestOpen(sequence)
                    .setAcceptUntilMs(300_000))
            .setWriterTimeMs(millis)
            .setWrite(
                Write.newBuilder()
                    .setPartitionKey(ByteString.copyFromUtf8(partitionKey))
                    .addAllOperations(List.of(operations))));
  }

  private void append(LogRecord.Builder record) {
    wal.append(0, record.setFormatVersion(1).build()).join();
  }

  /** Applies what stands in the log. */
  void apply() {
    replica.apply(wal.read(0, replica.nextOffset()));
  }

  @Override
  public void close() {
    replica.close();
    storage.close();
  }
}
