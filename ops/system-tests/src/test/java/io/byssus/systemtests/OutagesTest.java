package io.byssus.systemtests;

import static io.byssus.systemtests.RawClient.assertFails;
import static io.byssus.systemtests.RawClient.key;
import static io.byssus.systemtests.RawClient.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.client.Acknowledgement;
import io.byssus.client.ByssusClient;
import io.byssus.client.Consistency;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.NotWrittenException;
import io.byssus.client.ReadOptions;
import io.byssus.client.StoredRecord;
import io.byssus.client.WriteOptions;
import io.byssus.cluster.ClusterProcesses;
import io.byssus.cluster.NodeRole;
import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.ResolveRequest;
import io.byssus.proto.kv.v1.ResolveResponse;
import io.byssus.proto.kv.v1.WriterStamp;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Kafka away, and the whole control plane away. */
final class OutagesTest {
  private static final int RECORDS = 40;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @RegisterExtension
  static final TestClusterExtension EXTENSION =
      new TestClusterExtension("outages", 4, config -> config.withNodes(3, 2, 1));

  @Test
  void withoutKafkaWritesFailByNameReadsGoOnAndAllRecoversWithoutARestart() throws Exception {
    TestCluster cluster = EXTENSION.cluster();
    ClusterProcesses processes = cluster.processes();
    cluster.createNamespace("kafka-away");
    try (ByssusClient client = cluster.client().build();
        RawClient raw = new RawClient(processes.address("dispatcher-1"))) {
      Namespace namespace = client.namespace("kafka-away");
      fill(namespace, "before");
      Map<String, Long> pids = pids(processes);

      processes.process("kafka").suspend();
      PutRequest handedOver =
          put("kafka-away", key("unsure", ""), "perhaps", stamp(raw, "kafka-away"));
      assertFails(ErrorCode.INDETERMINATE, () -> raw.put(handedOver, Duration.ofMillis(1_500)));
      // The first of these may be handed over too: the door shuts after two seconds.
      PutRequest knock = put("kafka-away", key("unsure", "1"), "perhaps too");
      Awaitility.await("the door is shut")
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertFails(
                      ErrorCode.LOG_UNAVAILABLE, () -> raw.put(knock, Duration.ofMillis(500))));

      PutRequest atTheDoor = put("kafka-away", key("unsure", "2"), "no");
      assertFails(ErrorCode.LOG_UNAVAILABLE, () -> raw.put(atTheDoor, Duration.ofMillis(500)));

      processes.process("kafka").kill();
      assertFails(ErrorCode.LOG_UNAVAILABLE, () -> raw.put(atTheDoor, Duration.ofMillis(500)));
      NotWrittenException refused =
          assertThrows(
              NotWrittenException.class,
              () ->
                  namespace.put(
                      Key.of("unsure", "3"),
                      "no".getBytes(),
                      WriteOptions.defaults().withDeadline(Duration.ofSeconds(2))));
      assertEquals(ErrorCode.LOG_UNAVAILABLE, refused.code());
      assertHolds(namespace, "before");
      for (int i = 0; i < RECORDS; i++) {
        ReadOptions session = ReadOptions.defaults().withConsistency(Consistency.SESSION);
        assertEquals("before" + i, namespace.get(record(i), session).orElseThrow().valueUtf8());
      }

      processes.start("kafka");
      Awaitility.await("a write is taken again")
          .atMost(LIMIT)
          .ignoreException(NotWrittenException.class)
          .until(() -> namespace.put(Key.of("back"), "yes") != null);
      // Each shard's door opens when what was handed over before is answered.
      Awaitility.await("the shard of the write in doubt takes it again, under its stamp")
          .atMost(LIMIT)
          .ignoreException(StatusRuntimeException.class)
          .until(() -> raw.put(handedOver, RawClient.PATIENT).getPosition() != 0);
      fill(namespace, "after");
      assertHolds(namespace, "after");
      assertEquals("perhaps", namespace.get(Key.of("unsure")).orElseThrow().valueUtf8());
      assertTrue(namespace.get(Key.of("unsure", "2")).isEmpty());
      assertTrue(namespace.get(Key.of("unsure", "3")).isEmpty());
      assertTrue(Replicas.assertEqual(cluster) > RECORDS);
      pids.remove("kafka");
      pids.forEach((node, pid) -> assertEquals(pid, processes.process(node).pid(), node));
    }
  }

  @Test
  void withoutTheControlPlaneReadsAndWritesGoOnAndProcessesStartFromTheirMapOnDisk()
      throws Exception {
    TestCluster cluster = EXTENSION.cluster();
    ClusterProcesses processes = cluster.processes();
    cluster.createNamespace("control-away");
    try (ByssusClient client = cluster.client().build()) {
      Namespace namespace = client.namespace("control-away");
      fill(namespace, "before");
      List<String> members = processes.nodes(NodeRole.CONTROL_PLANE);
      for (String member : members) {
        processes.process(member).kill();
      }

      assertHolds(namespace, "before");
      fill(namespace, "without");
      assertHolds(namespace, "without");

      for (String node : List.of("server-2", "dispatcher-1")) {
        processes.process(node).kill();
        processes.start(node);
        processes.awaitServing(node, LIMIT);
      }
      fill(namespace, "restarted");
      // Only the server that was restarted can answer now.
      processes.process("server-1").kill();
      assertHolds(namespace, "restarted");
      fill(namespace, "alone");
      assertHolds(namespace, "alone");

      processes.start("server-1");
      for (String member : members) {
        processes.start(member);
      }
      processes.awaitReady(LIMIT);
      Awaitility.await("every node is up again")
          .atMost(LIMIT)
          .until(() -> client.admin().listNodes().stream().allMatch(node -> node.up()));
      cluster.createNamespace("control-back");
      fill(client.namespace("control-back"), "back");
      assertHolds(namespace, "alone");
      assertTrue(Replicas.assertEqual(cluster) >= 2 * RECORDS);
    }
  }

  private static Map<String, Long> pids(ClusterProcesses processes) {
    Map<String, Long> pids = new HashMap<>();
    processes.nodes().forEach(node -> pids.put(node, processes.process(node).pid()));
    return pids;
  }

  private static void fill(Namespace namespace, String value) {
    WriteOptions applied = WriteOptions.defaults().withAcknowledgement(Acknowledgement.APPLIED);
    IntStream.range(0, RECORDS)
        .mapToObj(i -> namespace.putAsync(record(i), (value + i).getBytes(), applied))
        .toList()
        .forEach(written -> written.join());
  }

  /** Reads at no particular level: what was written as APPLIED is there on some replica. */
  private static void assertHolds(Namespace namespace, String value) {
    for (int i = 0; i < RECORDS; i++) {
      Key record = record(i);
      String expected = value + i;
      Awaitility.await("the replicas agree")
          .atMost(LIMIT)
          .until(
              () -> namespace.get(record).map(StoredRecord::valueUtf8).orElse(""),
              expected::equals);
    }
  }

  private static Key record(int number) {
    return Key.of("p" + number % 8, "s" + number);
  }

  private static io.byssus.proto.kv.v1.WriteOptions stamp(RawClient raw, String namespace) {
    ResolveResponse resolved =
        raw.kv().resolve(ResolveRequest.newBuilder().setNamespace(namespace).build());
    return io.byssus.proto.kv.v1.WriteOptions.newBuilder()
        .setNamespaceId(resolved.getNamespaceId())
        .setStamp(
            WriterStamp.newBuilder()
                .setWriterId(ByteString.copyFrom(new byte[16]))
                .setSequence(1)
                .setLowestOpen(1)
                .setAcceptUntilMs(resolved.getDispatcherTimeMs() + 300_000))
        .build();
  }
}
