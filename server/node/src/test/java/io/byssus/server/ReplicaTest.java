package io.byssus.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Position;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.storage.NodeStorage;
import io.byssus.storage.Shard;
import io.byssus.storage.ShardIdentity;
import io.byssus.storage.StorageConfig;
import io.byssus.wal.HaltReason;
import io.byssus.wal.LogEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaTest {
  @TempDir Path directory;
  private NodeStorage storage;
  private Replica replica;

  @BeforeEach
  void open() {
    storage = new NodeStorage(StorageConfig.DEFAULT);
    replica = new Replica(3, 1, System::nanoTime);
  }

  @AfterEach
  void close() {
    replica.close();
    storage.close();
  }

  private void openShard() {
    replica.opened(
        Shard.open(directory, new ShardIdentity("cluster", "kafka", "topic", 3), storage));
  }

  private void applyStart() {
    replica.apply(
        List.of(
            new LogEntry(
                0,
                0,
                1,
                LogRecord.newBuilder()
                    .setFormatVersion(1)
                    .setIncarnationStart(
                        IncarnationStart.newBuilder().setClusterId("cluster").setIncarnation(1))
                    .build()
                    .toByteArray())));
  }

  @Test
  void untilItsShardIsOpenItSaysThatItIsNotHere() {
    assertEquals(ReplicaState.OPENING, replica.state());
    assertEquals(
        ErrorCode.SHARD_NOT_HERE, assertThrows(ByssusException.class, replica::open).code());
  }

  @Test
  void anEmptyReplicaOfATrimmedLogNeedsASnapshotAndSaysSo() {
    openShard();
    replica.halted(HaltReason.NEXT_OFFSET_GONE, "the log starts at 50");
    assertEquals(ReplicaState.HALTED, replica.state());
    assertTrue(replica.report().getHaltReason().startsWith("NEEDS_SNAPSHOT: "));
  }

  @Test
  void aReplicaWithDataWhoseNextOffsetIsGoneSaysThatInstead() {
    openShard();
    applyStart();
    replica.halted(HaltReason.NEXT_OFFSET_GONE, "the log starts at 50");
    assertTrue(replica.report().getHaltReason().startsWith("NEXT_OFFSET_GONE: "));
  }

  @Test
  void aHaltedReplicaGoesOnAnsweringAndTellsThoseWhoWait() {
    openShard();
    applyStart();
    CompletableFuture<Void> waiting = replica.await(Position.pack(1, 5)).done();
    replica.halted(HaltReason.NEWER_FORMAT, "offset 1");
    assertTrue(waiting.isCompletedExceptionally());
    assertTrue(replica.await(Position.pack(1, 0)).done().isDone());
    assertEquals(
        Optional.empty(), replica.open().get(1, ByteString.copyFromUtf8("x"), ByteString.EMPTY));
  }

  @Test
  void aRefusedLogHaltsItUntilTheLogIsTheRightOneAgain() {
    openShard();
    replica.logRefused("another topic");
    assertTrue(replica.report().getHaltReason().startsWith("LOG_NOT_OURS: "));
    replica.logAccepted();
    assertEquals("", replica.report().getHaltReason());
    replica.logEnd(0, System.nanoTime());
    assertEquals(ReplicaState.CAUGHT_UP, replica.state());
  }

  @Test
  void aReaderIsEndedWhenTheReplicaClosesAndAtOnceWhereItHas() {
    AtomicInteger ended = new AtomicInteger();
    replica.reading(ended::incrementAndGet);
    assertEquals(0, ended.get());
    replica.close();
    assertEquals(1, ended.get());
    replica.reading(ended::incrementAndGet);
    assertEquals(2, ended.get());
  }
}
