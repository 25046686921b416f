package io.byssus.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.kafka.EmbeddedKafka;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.LogIdentity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaWalTest extends WalContract {
  private static final int SHARDS = 2;

  @TempDir static Path directory;
  private static EmbeddedKafka kafka;
  private static int topics;

  private String topic;
  private LogIdentity identity;
  private KafkaWal wal;

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
    topic = "wal-" + topics++;
    identity = Topics.create(kafka, topic, SHARDS);
    wal = new KafkaWal(new WalConfig(kafka.bootstrapServers()), identity, SHARDS);
    awaitOpen();
  }

  private void awaitOpen() throws Exception {
    wal.firstLook().get(30, TimeUnit.SECONDS);
    assertTrue(!wal.shut(0) && !wal.shut(1));
  }

  @AfterEach
  void close() {
    wal.close();
  }

  @Override
  Wal wal() {
    return wal;
  }

  @Override
  List<LogEntry> read(int shard, long from, int count) {
    CollectingTarget target = new CollectingTarget(shard, from, -1);
    try (Replayer replayer =
        new Replayer(new WalConfig(kafka.bootstrapServers()), identity, SHARDS, 1)) {
      replayer.start(target);
      target.awaitEntries(count);
    }
    return target.entries();
  }

  @Override
  long end(int shard) {
    return 0;
  }

  private static ErrorCode codeOf(CompletableFuture<Long> answer) {
    ExecutionException failure =
        assertThrows(ExecutionException.class, () -> answer.get(60, TimeUnit.SECONDS));
    return ((ByssusException) failure.getCause()).code();
  }

  @Test
  void theLargestRecordGoesThrough() throws Exception {
    assertEquals(0, wal.append(0, Records.large(5 << 20)).get(30, TimeUnit.SECONDS));
  }

  @Test
  void aRecordBeyondTheLimitIsNeverHandedOver() {
    assertEquals(ErrorCode.LOG_UNAVAILABLE, codeOf(wal.append(0, Records.large(7 << 20))));
    assertEquals(0, wal.append(0, Records.small(1)).join());
  }

  @Test
  void aTopicThatWasCreatedAnewIsRefused() throws Exception {
    wal.append(0, Records.small(1)).get(30, TimeUnit.SECONDS);
    Topics.delete(kafka, topic);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(
            () -> {
              Topics.create(kafka, topic, SHARDS);
              return true;
            });
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> codeOf(wal.append(0, Records.small(2))) == ErrorCode.LOG_REFUSED);
  }

  @Test
  void anotherKafkaClusterIsRefused() {
    wal.close();
    wal =
        new KafkaWal(
            new WalConfig(kafka.bootstrapServers()),
            identity.toBuilder().setKafkaClusterId("another").build(),
            SHARDS);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> codeOf(wal.append(0, Records.small(1))) == ErrorCode.LOG_REFUSED);
  }

  @Test
  void theFirstLookEndsWithoutKafkaToo() throws Exception {
    try (KafkaWal alone = new KafkaWal(new WalConfig("127.0.0.1:1"), identity, SHARDS)) {
      alone.firstLook().get(30, TimeUnit.SECONDS);
      assertEquals(ErrorCode.LOG_UNAVAILABLE, codeOf(alone.append(0, Records.small(1))));
    }
  }

  @Test
  void whileKafkaIsAwayWritesFailAtTheDoorAndGoOnWhenItIsBack() throws Exception {
    Path home = directory.resolve("away");
    EmbeddedKafka other = EmbeddedKafka.start(home);
    int port = other.port();
    LogIdentity log = Topics.create(other, "away", 1);
    try (KafkaWal away = new KafkaWal(new WalConfig(other.bootstrapServers()), log, 1)) {
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !away.shut(0));
      away.append(0, Records.small(1)).get(30, TimeUnit.SECONDS);
      other.close();

      // The first is handed over and nobody answers, unless Kafka's last word was that the topic
      // has
      // no leader: then it fails at once. After a while the door shuts.
      CompletableFuture<Long> first = away.append(0, Records.small(2));
      ErrorCode ifItFails = first.isDone() ? ErrorCode.LOG_UNAVAILABLE : ErrorCode.INDETERMINATE;
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                CompletableFuture<Long> next = away.append(0, Records.small(3));
                return next.isCompletedExceptionally()
                    && failure(next).code() == ErrorCode.LOG_UNAVAILABLE;
              });
      other = EmbeddedKafka.start(home, port);
      Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> !away.shut(0));
      long last = away.append(0, Records.small(4)).get(30, TimeUnit.SECONDS);
      assertTrue(last >= 1);
      try {
        first.get(60, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        assertEquals(ifItFails, ((ByssusException) e.getCause()).code(), e.getCause().getMessage());
      }
    } finally {
      other.close();
    }
  }

  private static ByssusException failure(CompletableFuture<Long> answer) {
    CompletionException thrown = assertThrows(CompletionException.class, answer::join);
    return (ByssusException) thrown.getCause();
  }
}
