package io.byssus.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.kafka.EmbeddedKafka;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.LogIdentity;
import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.Tick;
import io.byssus.storage.StorageConfig;
import io.byssus.wal.KafkaWal;
import io.byssus.wal.WalConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetachedReplicasTest {
  private static final String CLUSTER = "cluster-1";
  private static final int LIMIT_SECONDS = 30;

  @TempDir Path directory;

  @Test
  void theLogIsFollowedAndAReplicaThatHaltsFailsWhoeverWaits() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"))) {
      LogIdentity log = createLog(kafka);
      WalConfig config = new WalConfig(kafka.bootstrapServers());
      try (KafkaWal wal = new KafkaWal(config, log, 2)) {
        wal.firstLook().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        Awaitility.await().until(() -> !wal.shut(0) && !wal.shut(1));
        wal.append(
                0,
                record()
                    .setIncarnationStart(
                        IncarnationStart.newBuilder().setClusterId(CLUSTER).setIncarnation(1))
                    .build())
            .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        // A log that does not begin as ours do.
        wal.append(1, record().setTick(Tick.getDefaultInstance()).build())
            .get(LIMIT_SECONDS, TimeUnit.SECONDS);
      }
      Cluster cluster =
          Cluster.newBuilder().setClusterId(CLUSTER).setShardCount(2).setLog(log).build();
      try (DetachedReplicas replicas =
          DetachedReplicas.start(
              directory.resolve("shards"), config, cluster, StorageConfig.DEFAULT, 1)) {
        replicas.applied(Map.of(0, 0L)).get(LIMIT_SECONDS, TimeUnit.SECONDS);
        assertEquals(0, replicas.writes());
        CompletableFuture<Void> both = replicas.applied(Map.of(0, 0L, 1, 0L));
        ExecutionException halted =
            assertThrows(ExecutionException.class, () -> both.get(LIMIT_SECONDS, TimeUnit.SECONDS));
        assertTrue(halted.getMessage().contains("LOG_NOT_OURS"), halted.getMessage());
      }
    }
  }

  private static LogRecord.Builder record() {
    return LogRecord.newBuilder().setFormatVersion(1);
  }

  private static LogIdentity createLog(EmbeddedKafka kafka) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      String id =
          admin
              .createTopics(List.of(new NewTopic("wal", 2, (short) 1)))
              .topicId("wal")
              .get(LIMIT_SECONDS, TimeUnit.SECONDS)
              .toString();
      return LogIdentity.newBuilder()
          .setTopic("wal")
          .setKafkaClusterId(kafka.clusterId())
          .setTopicId(id)
          .build();
    }
  }
}
