package io.byssus.controlplane.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.kafka.EmbeddedKafka;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.InitClusterRequest;
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.InitClusterCommand;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
final class LogOutageTest {
  @TempDir Path directory;

  @Test
  void whileKafkaIsAwayNothingIsInitialisedAndWhatWasTheNextLeaderFinishes() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    try (TestGroup group =
        new TestGroup(directory.resolve("group"), 3, "127.0.0.1:" + port).startAll()) {
      ByssusException error = assertThrows(ByssusException.class, () -> init(group, 4));
      assertEquals(ErrorCode.LOG_UNAVAILABLE, error.code());
      assertTrue(error.getMessage().contains("Kafka at 127.0.0.1"), error.getMessage());
      int first = group.awaitLeader();
      assertTrue(group.node(first).replicated().image().cluster().isEmpty(), "nothing is fixed");

      // Kafka goes between the look at it and the making of the log.
      group
          .node(first)
          .group()
          .propose(
              ControlCommand.newBuilder()
                  .setFormatVersion(1)
                  .setInitCluster(
                      InitClusterCommand.newBuilder()
                          .setClusterId("mine")
                          .setClusterName("late")
                          .setShardCount(4)
                          .setReplicationFactor(1)
                          .setLogFormatVersion(Limits.LOG_FORMAT_VERSION))
                  .build())
          .get(10, TimeUnit.SECONDS)
          .accepted();
      error = assertThrows(ByssusException.class, () -> init(group, 3));
      assertEquals(ErrorCode.LOG_UNAVAILABLE, error.code());
      assertTrue(error.getMessage().contains("not ready yet"), error.getMessage());

      group.stop(group.awaitLeader());
      try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), port)) {
        int leader = group.awaitLeader();
        // By itself: nobody asks again.
        await()
            .atMost(Duration.ofSeconds(40))
            .until(() -> group.node(leader).replicated().image().logReady());
        assertEquals(
            kafka.clusterId(),
            group
                .node(leader)
                .replicated()
                .image()
                .cluster()
                .orElseThrow()
                .getLog()
                .getKafkaClusterId());
        init(group, 20);
      }
    }
  }

  private static void init(TestGroup group, int seconds) {
    group
        .client()
        .call(
            Duration.ofSeconds(seconds),
            channel ->
                AdminServiceGrpc.newBlockingStub(channel)
                    .initCluster(
                        InitClusterRequest.newBuilder()
                            .setClusterName("late")
                            .setShardCount(4)
                            .setReplicationFactor(1)
                            .build()));
  }
}
