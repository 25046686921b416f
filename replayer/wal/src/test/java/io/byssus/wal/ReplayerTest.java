package io.byssus.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.kafka.EmbeddedKafka;
import io.byssus.proto.internal.v1.LogIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayerTest {
  private static final int SHARDS = 3;

  @TempDir static Path directory;
  private static EmbeddedKafka kafka;
  private static int topics;

  private String topic;
  private LogIdentity identity;
  private KafkaWal wal;
  private Replayer replayer;

  @BeforeAll
  static void startKafka() throws Exception {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"));
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @BeforeEach
  void open() throws Exception {
    topic = "replay-" + topics++;
    identity = Topics.create(kafka, topic, SHARDS);
    wal = new KafkaWal(config(), identity, SHARDS);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !wal.shut(0) && !wal.shut(2));
    replayer = new Replayer(config(), identity, SHARDS, 2);
  }

  @AfterEach
  void close() {
    replayer.close();
    wal.close();
  }

  private static WalConfig config() {
    return new WalConfig(kafka.bootstrapServers());
  }

  private void append(int shard, int count) {
    List<CompletableFuture<Long>> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      answers.add(wal.append(shard, Records.small(i)));
    }
    answers.forEach(CompletableFuture::join);
  }

  @Test
  void everyEntryComesOnceAndInOrderFromTheBacklogAndBeyond() {
    append(0, 2_000);
    CollectingTarget target = new CollectingTarget(0, 0, -1);
    replayer.start(target);
    for (int round = 0; round < 20; round++) {
      append(0, 100);
    }
    target.awaitEntries(4_000);
    assertEquals(4_000, target.entries().size());
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> target.endOffset() == 4_000);
  }

  @Test
  void aReplayGoesOnFromWhereItStands() {
    append(1, 100);
    CollectingTarget target = new CollectingTarget(1, 60, 0);
    replayer.start(target);
    target.awaitEntries(40);
    assertEquals(60, target.entries().get(0).offset());
  }

  @Test
  void aSlowShardHoldsUpNoOther() throws Exception {
    append(0, 50);
    append(1, 50);
    CountDownLatch release = new CountDownLatch(1);
    CollectingTarget fast = new CollectingTarget(1, 0, -1);
    replayer.start(
        new ForwardingTarget(new CollectingTarget(0, 0, -1)) {
          @Override
          public void apply(List<LogEntry> entries) {
            try {
              release.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        });
    replayer.start(fast);
    fast.awaitEntries(50);
    append(1, 50);
    fast.awaitEntries(100);
    release.countDown();
  }

  @Test
  void whatIsAppliedSlowlyIsReadSlowly() {
    // 40 MB, five times what a shard's queue may hold.
    for (int i = 0; i < 20; i++) {
      wal.append(2, Records.large(2 << 20)).join();
    }
    CollectingTarget collected = new CollectingTarget(2, 0, -1);
    replayer.start(collected);
    collected.awaitEntries(20);
    assertEquals(20, collected.entries().size());
  }

  @Test
  void afterStopNothingIsAppliedAnyMore() throws Exception {
    append(0, 10);
    CollectingTarget target = new CollectingTarget(0, 0, -1);
    replayer.start(target);
    target.awaitEntries(10);
    replayer.stop(0).get(30, TimeUnit.SECONDS);
    append(0, 10);
    CollectingTarget next = new CollectingTarget(0, 10, 0);
    replayer.start(next);
    next.awaitEntries(10);
    assertEquals(10, target.entries().size());
  }

  @Test
  void aTargetThatThrowsHaltsAloneAndByName() {
    append(0, 10);
    append(1, 10);
    CollectingTarget bad = new CollectingTarget(0, 0, -1);
    CollectingTarget good = new CollectingTarget(1, 0, -1);
    replayer.start(
        new ForwardingTarget(bad) {
          @Override
          public void apply(List<LogEntry> entries) {
            throw new ReplayHaltedException(HaltReason.NEWER_FORMAT, "for the test");
          }
        });
    replayer.start(good);
    good.awaitEntries(10);
    Awaitility.await().until(() -> bad.halted() == HaltReason.NEWER_FORMAT);
  }

  @Test
  void aLogThatNoLongerHoldsTheNextOffsetHaltsTheReplay() throws Exception {
    append(0, 100);
    append(1, 1);
    Topics.trim(kafka, topic, 0, 50);
    CollectingTarget behind = new CollectingTarget(0, 10, 0);
    CollectingTarget ahead = new CollectingTarget(1, 500, 0);
    replayer.start(behind);
    replayer.start(ahead);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> behind.halted() == HaltReason.NEXT_OFFSET_GONE);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> ahead.halted() != null);
    assertTrue(
        List.of(HaltReason.NEXT_OFFSET_GONE, HaltReason.EPOCH_CONTRADICTED)
            .contains(ahead.halted()));
    assertEquals(List.of(), behind.entries());
  }

  @Test
  void anotherLogBehindTheSameAddressIsRefusedAndNotRead() throws Exception {
    append(0, 5);
    replayer.close();
    replayer =
        new Replayer(config(), identity.toBuilder().setTopicId("another").build(), SHARDS, 1);
    CollectingTarget target = new CollectingTarget(0, 0, -1);
    replayer.start(target);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> target.refused() != null);
    assertEquals(List.of(), target.entries());
  }

  @Test
  void aRecordWithAWrongChecksumHaltsItsShardAndNoOther() throws Exception {
    Path home = directory.resolve("corrupt");
    EmbeddedKafka other = EmbeddedKafka.start(home);
    int port = other.port();
    LogIdentity log = Topics.create(other, "corrupt", 2);
    try (KafkaWal writer = new KafkaWal(new WalConfig(other.bootstrapServers()), log, 2)) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> !writer.shut(0) && !writer.shut(1));
      writer.append(0, Records.small(1)).get(30, TimeUnit.SECONDS);
      writer.append(1, Records.small(2)).get(30, TimeUnit.SECONDS);
    }
    other.close();
    damage(home, "corrupt-0");
    CollectingTarget damaged = new CollectingTarget(0, 0, -1);
    CollectingTarget whole = new CollectingTarget(1, 0, -1);
    try (EmbeddedKafka again = EmbeddedKafka.start(home, port);
        Replayer reader = new Replayer(new WalConfig(again.bootstrapServers()), log, 2, 1)) {
      reader.start(damaged);
      reader.start(whole);
      whole.awaitEntries(1);
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> damaged.halted() == HaltReason.LOG_CORRUPT);
    }
  }

  /** Turns the last byte of a partition's first segment. */
  private static void damage(Path home, String partition) throws Exception {
    Path segment;
    try (Stream<Path> files = Files.walk(home)) {
      segment =
          files
              .filter(file -> file.endsWith(Path.of(partition, "00000000000000000000.log")))
              .findFirst()
              .orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(segment);
    bytes[bytes.length - 1] ^= 1;
    Files.write(segment, bytes);
  }
}
