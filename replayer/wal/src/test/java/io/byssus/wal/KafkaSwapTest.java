package io.byssus.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.kafka.EmbeddedKafka;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.LogIdentity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another Kafka cluster takes the place of ours while everything runs, and goes again. */
class KafkaSwapTest {
  private static final String TOPIC = "wal";
  private static final int OURS = 100;
  private static final int FOREIGN = 2_000;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void nothingIsWrittenToItNorReadFromItHoweverSoonItComes() throws Exception {
    EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("foreign"));
    int port = kafka.port();
    // Longer than ours, so that no offset gives it away.
    LogIdentity foreign = Topics.create(kafka, TOPIC, 1);
    fill(kafka, foreign, FOREIGN);
    kafka.close();
    kafka = EmbeddedKafka.start(directory.resolve("ours"), port);
    LogIdentity ours = Topics.create(kafka, TOPIC, 1);
    WalConfig config = new WalConfig(kafka.bootstrapServers());
    CollectingTarget target = new CollectingTarget(0, 0, -1);
    try (KafkaWal wal = new KafkaWal(config, ours, 1);
        Replayer replayer = new Replayer(config, ours, 1, 1)) {
      replayer.start(target);
      Awaitility.await().atMost(LIMIT).until(() -> !wal.shut(0));
      for (int i = 0; i < OURS; i++) {
        wal.append(0, Records.small(i)).get(30, TimeUnit.SECONDS);
      }
      target.awaitEntries(OURS);

      kafka.close();
      kafka = EmbeddedKafka.start(directory.resolve("foreign"), port);
      List<CompletableFuture<Long>> answers = new ArrayList<>();
      Awaitility.await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(10))
          .until(
              () -> {
                CompletableFuture<Long> answer = wal.append(0, Records.small(1));
                answers.add(answer);
                return failure(answer) == ErrorCode.LOG_REFUSED;
              });
      Awaitility.await().atMost(LIMIT).until(() -> target.refused() != null);
      for (CompletableFuture<Long> answer : answers) {
        Awaitility.await().atMost(LIMIT).until(answer::isDone);
        assertTrue(answer.isCompletedExceptionally(), "acknowledged by another cluster");
      }
      assertEquals(OURS, target.entries().size());
      try (KafkaWal writer = new KafkaWal(config, foreign, 1)) {
        Awaitility.await().atMost(LIMIT).until(() -> !writer.shut(0));
        assertEquals(
            FOREIGN,
            writer.append(0, Records.small(1)).get(30, TimeUnit.SECONDS),
            "nothing of ours stands in the other log");
      }

      kafka.close();
      kafka = EmbeddedKafka.start(directory.resolve("ours"), port);
      Awaitility.await()
          .atMost(LIMIT)
          .until(() -> failure(wal.append(0, Records.small(7))) == null);
      int acknowledged =
          (int) wal.append(0, Records.small(8)).get(30, TimeUnit.SECONDS).longValue();
      target.awaitEntries(acknowledged + 1);
      assertNull(target.halted());
      assertNull(target.refused());
    } finally {
      kafka.close();
    }
  }

  private static void fill(EmbeddedKafka kafka, LogIdentity identity, int count) throws Exception {
    try (KafkaWal wal = new KafkaWal(new WalConfig(kafka.bootstrapServers()), identity, 1)) {
      Awaitility.await().atMost(LIMIT).until(() -> !wal.shut(0));
      CompletableFuture<Long> last = null;
      for (int i = 0; i < count; i++) {
        last = wal.append(0, Records.small(i));
      }
      assertEquals(count - 1, last.get(30, TimeUnit.SECONDS));
    }
  }

  /** What an answer failed with so far; null where it has not, or not yet. */
  private static ErrorCode failure(CompletableFuture<Long> answer) {
    if (!answer.isCompletedExceptionally()) {
      return null;
    }
    try {
      answer.join();
      return null;
    } catch (CompletionException e) {
      return ((ByssusException) e.getCause()).code();
    }
  }
}
