package io.byssus.systemtests;

import static io.byssus.systemtests.RawClient.assertFails;
import static io.byssus.systemtests.RawClient.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.client.Acknowledgement;
import io.byssus.client.ByssusClient;
import io.byssus.client.ByssusClientException;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.WriteOptions;
import io.byssus.cluster.ClusterProcesses;
import io.byssus.cluster.NodeRole;
import io.byssus.kafka.EmbeddedKafka;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import io.byssus.proto.log.v1.WriterStamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A Kafka that is not the one the data came from is refused, and nothing is deleted: neither what
 * the servers hold nor, when the right Kafka is back, a single acknowledged write is missing.
 */
final class WrongKafkaTest {
  private static final int SHARDS = 2;
  private static final int RECORDS = 50;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** While it runs a replica may meet the other log's records before it hears its name. */
  private static final String ANOTHER_HISTORY =
      "(LOG_NOT_OURS|NEXT_OFFSET_GONE|EPOCH_CONTRADICTED)";

  private static final WriteOptions APPLIED =
      WriteOptions.defaults().withAcknowledgement(Acknowledgement.APPLIED);

  @RegisterExtension
  static final TestClusterExtension EXTENSION =
      new TestClusterExtension("wrong-kafka", SHARDS, config -> config.withNodes(1, 2, 1));

  private static int namespaces;

  private TestCluster cluster;
  private ClusterProcesses processes;
  private Path data;
  private Path right;
  private String name;
  private int namespaceId;
  private ByssusClient client;
  private long records;

  @BeforeEach
  void fill() {
    cluster = EXTENSION.cluster();
    processes = cluster.processes();
    data = cluster.directory().resolve("kafka").resolve("data");
    right = cluster.directory().resolve("kafka").resolve("right");
    name = "wrong-kafka-" + ++namespaces;
    client = cluster.client().build();
    namespaceId = client.admin().createNamespace(name).id();
    Namespace namespace = client.namespace(name);
    for (int i = 0; i < RECORDS; i++) {
      namespace.put(record(i), value(i).getBytes(), APPLIED);
    }
    records = Replicas.assertEqual(cluster);
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  @Test
  void anEmptyKafkaIsRefusedWhenEverythingStarts() throws Exception {
    List<String> all = new ArrayList<>(processes.nodes());
    for (String node : all) {
      assertTrue(processes.process(node).stop(LIMIT), node);
    }
    Set<String> before = tables();
    assertTrue(!before.isEmpty());
    Files.move(data, right);
    Files.createDirectories(data);
    processes.startAll();

    Replicas.awaitHalted(cluster, shard -> true, "LOG_NOT_OURS");
    awaitWritesRefused();
    assertStillReads();
    try (Topics topics = new Topics(cluster.kafka())) {
      assertEquals(Set.of(), topics.names(), "nobody created the log anew");
    }

    for (String node : all) {
      assertTrue(processes.process(node).stop(LIMIT), node);
    }
    assertTrue(tables().containsAll(before), () -> before + " became " + uncheckedTables());
    putRightKafkaBack();
    processes.startAll();
    processes.awaitReady(LIMIT);
    assertAllIsThere();
  }

  @Test
  void aTopicThatWasDeletedAndCreatedAnewIsRefusedWhileEverythingRuns() throws Exception {
    assertTrue(processes.process("kafka").stop(LIMIT));
    Directories.copy(data, right);
    processes.start("kafka");
    processes.awaitServing("kafka", LIMIT);
    try (Topics topics = new Topics(cluster.kafka())) {
      topics.delete(TestCluster.WAL_TOPIC);
      topics.create(TestCluster.WAL_TOPIC, SHARDS);
    }

    Replicas.awaitHalted(cluster, shard -> true, ANOTHER_HISTORY);
    awaitWritesRefused();
    assertStillReads();

    processes.process("kafka").kill();
    putRightKafkaBack();
    processes.start("kafka");
    restart();
    assertAllIsThere();
  }

  @Test
  void anotherClustersKafkaIsRefusedWhileEverythingRunsAndWritesGoOn() throws Exception {
    Path other = anotherClustersKafka();
    ConcurrentLinkedQueue<Integer> acknowledged = new ConcurrentLinkedQueue<>();
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService writer = Executors.newSingleThreadExecutor();
    try {
      Future<?> writing = writer.submit(() -> writeUntil(stop, acknowledged));
      Awaitility.await("writes go on").atMost(LIMIT).until(() -> acknowledged.size() > 50);

      processes.process("kafka").kill();
      Files.move(data, right);
      Files.move(other, data);
      processes.start("kafka");
      Replicas.awaitHalted(cluster, shard -> true, ANOTHER_HISTORY);
      awaitWritesRefused();
      assertStillReads();

      processes.process("kafka").kill();
      putRightKafkaBack();
      processes.start("kafka");
      restart();
      int before = acknowledged.size();
      Awaitility.await("writes go on again")
          .atMost(LIMIT)
          .until(() -> acknowledged.size() > before + 50);
      stop.set(true);
      writing.get();
    } finally {
      stop.set(true);
      writer.shutdown();
    }
    for (int number : acknowledged) {
      assertEquals(
          value(number),
          client
              .namespace(name)
              .get(live(number))
              .orElseThrow(() -> new AssertionError("acknowledged write " + number + " is lost"))
              .valueUtf8());
    }
    records += acknowledged.stream().distinct().count();
    for (int shard = 0; shard < SHARDS; shard++) {
      Key foreign = Key.of(Partitions.in(shard, SHARDS, namespaceId, "foreign"));
      assertTrue(client.namespace(name).get(foreign).isEmpty(), "another cluster's record");
    }
    assertTrue(Replicas.assertEqual(cluster) >= records);
  }

  private void writeUntil(AtomicBoolean stop, ConcurrentLinkedQueue<Integer> acknowledged) {
    WriteOptions soon = WriteOptions.defaults().withDeadline(Duration.ofSeconds(1));
    for (int number = 0; !stop.get(); number++) {
      try {
        client.namespace(name).put(live(number), value(number).getBytes(), soon);
        acknowledged.add(number);
      } catch (ByssusClientException e) {
        // Not acknowledged: nothing is promised of it.
      }
    }
  }

  private void awaitWritesRefused() {
    try (RawClient raw = new RawClient(processes.address("dispatcher-1"))) {
      for (int shard = 0; shard < SHARDS; shard++) {
        String partition = Partitions.in(shard, SHARDS, namespaceId, "refused");
        Awaitility.await("writes to shard " + shard + " are refused")
            .atMost(LIMIT)
            .untilAsserted(
                () ->
                    assertFails(
                        ErrorCode.LOG_REFUSED,
                        () ->
                            raw.put(
                                RawClient.put(name, key(partition, ""), "v"),
                                Duration.ofSeconds(2))));
      }
    }
  }

  private void assertStillReads() {
    for (int i = 0; i < RECORDS; i++) {
      assertEquals(value(i), client.namespace(name).get(record(i)).orElseThrow().valueUtf8());
    }
  }

  /** What an operator does: who has seen another history than its own stays refused till then. */
  private void restart() throws Exception {
    processes.awaitServing("kafka", LIMIT);
    for (NodeRole role : List.of(NodeRole.SERVER, NodeRole.DISPATCHER)) {
      for (String node : processes.nodes(role)) {
        processes.process(node).kill();
        processes.start(node);
      }
    }
    processes.awaitReady(LIMIT);
  }

  private void assertAllIsThere() {
    assertEquals(records, Replicas.assertEqual(cluster));
    assertStillReads();
    Awaitility.await("writes are taken again")
        .atMost(LIMIT)
        .ignoreExceptionsInstanceOf(ByssusClientException.class)
        .until(() -> client.namespace(name).put(Key.of("again"), "v") != null);
  }

  private void putRightKafkaBack() throws IOException {
    Directories.delete(data);
    Files.move(right, data);
  }

  /**
   * Kafka's data of another cluster that looks much like ours: the same names, the same namespace
   * ids, and more records, each of which a replica that looked no further would apply.
   */
  private Path anotherClustersKafka() throws Exception {
    Path other = cluster.directory().resolve("kafka").resolve("other");
    try (EmbeddedKafka kafka = EmbeddedKafka.start(other);
        Topics topics = new Topics(kafka.bootstrapServers())) {
      topics.create(TestCluster.WAL_TOPIC, SHARDS);
      topics.create(TestCluster.DEAD_LETTER_TOPIC, SHARDS);
      for (int shard = 0; shard < SHARDS; shard++) {
        List<byte[]> log = new ArrayList<>();
        log.add(
            LogRecord.newBuilder()
                .setFormatVersion(Limits.LOG_FORMAT_VERSION)
                .setIncarnationStart(
                    IncarnationStart.newBuilder().setClusterId("another").setIncarnation(1))
                .build()
                .toByteArray());
        for (int i = 1; i < 20_000; i++) {
          log.add(foreignWrite(shard, i).toByteArray());
        }
        topics.append(TestCluster.WAL_TOPIC, shard, log);
      }
    }
    return other;
  }

  private LogRecord foreignWrite(int shard, long sequence) {
    long now = System.currentTimeMillis();
    return LogRecord.newBuilder()
        .setFormatVersion(Limits.LOG_FORMAT_VERSION)
        .setNamespaceId(namespaceId)
        .setRulesVersion(1)
        .setNamespaceRules(
            NamespaceRules.newBuilder()
                .setNamespaceId(namespaceId)
                .setVersion(1)
                .setName(name)
                .setConflictRuleValue(1))
        .setWriterTimeMs(now)
        .setStamp(
            WriterStamp.newBuilder()
                .setWriterHigh(1)
                .setSequence(sequence)
                .setLowestOpen(sequence)
                .setAcceptUntilMs(now + 300_000))
        .setWrite(
            Write.newBuilder()
                .setPartitionKey(
                    ByteString.copyFromUtf8(Partitions.in(shard, SHARDS, namespaceId, "foreign")))
                .addOperations(Operation.newBuilder().setPut(ByteString.copyFromUtf8("foreign"))))
        .build();
  }

  /** The servers' files of records. */
  private Set<String> tables() throws IOException {
    Set<String> tables = new TreeSet<>();
    for (String server : processes.nodes(NodeRole.SERVER)) {
      try (Stream<Path> files = Files.walk(cluster.directory().resolve(server))) {
        tables.addAll(
            files
                .map(Path::toString)
                .filter(file -> file.endsWith(".sst"))
                .collect(Collectors.toSet()));
      }
    }
    return tables;
  }

  private String uncheckedTables() {
    try {
      return tables().toString();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static Key record(int number) {
    return Key.of("p" + number % 10, "s" + number);
  }

  private static Key live(int number) {
    return Key.of("live" + number % 10, "s" + number);
  }

  private static String value(int number) {
    return "value " + number;
  }
}
