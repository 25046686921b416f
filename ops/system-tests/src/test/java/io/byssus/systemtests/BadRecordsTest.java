package io.byssus.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.byssus.client.Acknowledgement;
import io.byssus.client.ByssusClient;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.WriteOptions;
import io.byssus.model.Limits;
import io.byssus.proto.admin.v1.ShardDescription;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.testkit.Seed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Records in the log that no release of Byssus, or only a later one, has written. */
final class BadRecordsTest {
  private static final int SHARDS = 4;
  private static final int UNDECODABLE_SHARD = 1;
  private static final int NEWER_SHARD = 3;
  private static final WriteOptions APPLIED =
      WriteOptions.defaults().withAcknowledgement(Acknowledgement.APPLIED);

  @RegisterExtension
  static final TestClusterExtension EXTENSION =
      new TestClusterExtension("bad-records", SHARDS, config -> config.withNodes(1, 2, 1));

  @Test
  void undecodableRecordsAreAppliedAsNothingCountedAndCopiedAndTheShardGoesOn() throws Exception {
    TestCluster cluster = EXTENSION.cluster();
    RandomGenerator random = Seed.of("BadRecordsTest").random();
    List<byte[]> junk = junk(random);
    try (ByssusClient client = cluster.client().build();
        Topics topics = new Topics(cluster.kafka())) {
      int id = client.admin().createNamespace("undecodable").id();
      Namespace namespace = client.namespace("undecodable");
      String partition = Partitions.in(UNDECODABLE_SHARD, SHARDS, id, "p");
      long before = Replicas.assertEqual(cluster, BadRecordsTest::takesJunk);
      namespace.put(Key.of(partition, "before"), "1".getBytes(), APPLIED);

      topics.append(TestCluster.WAL_TOPIC, UNDECODABLE_SHARD, junk);

      namespace.put(Key.of(partition, "after"), "2".getBytes(), APPLIED);
      for (String server : List.of("server-1", "server-2")) {
        Awaitility.await("the records are counted on " + server)
            .untilAsserted(
                () ->
                    assertEquals(
                        junk.size(),
                        Metrics.value(
                            cluster.processes().metricsAddress(server),
                            "byssus_replica_applied_total",
                            "fate=\"undecodable\"",
                            "shard=\"" + UNDECODABLE_SHARD + "\"")));
      }
      assertEquals(before + 2, Replicas.assertEqual(cluster, BadRecordsTest::takesJunk));

      Set<ByteBuffer> copied = new HashSet<>();
      for (ConsumerRecord<byte[], byte[]> copy :
          topics.await(TestCluster.DEAD_LETTER_TOPIC, junk.size())) {
        copied.add(ByteBuffer.wrap(copy.value() == null ? new byte[0] : copy.value()));
      }
      Set<ByteBuffer> expected = new HashSet<>();
      junk.forEach(bytes -> expected.add(ByteBuffer.wrap(bytes == null ? new byte[0] : bytes)));
      assertEquals(expected, copied);
    }
  }

  @Test
  void aRecordOfANewerFormatHaltsItsShardByNameAndNoOther() throws Exception {
    TestCluster cluster = EXTENSION.cluster();
    try (ByssusClient client = cluster.client().build();
        Topics topics = new Topics(cluster.kafka())) {
      int id = client.admin().createNamespace("newer").id();
      Namespace namespace = client.namespace("newer");
      for (int shard = 0; shard < SHARDS; shard++) {
        Key key = Key.of(Partitions.in(shard, SHARDS, id, "p"), "before");
        namespace.put(key, "1".getBytes(), APPLIED);
      }

      LogRecord newer =
          LogRecord.newBuilder().setFormatVersion(Limits.LOG_FORMAT_VERSION + 1).build();
      topics.append(TestCluster.WAL_TOPIC, NEWER_SHARD, List.of(newer.toByteArray()));

      Replicas.awaitHalted(cluster, shard -> shard.getShard() == NEWER_SHARD, "NEWER_FORMAT");
      for (int shard = 0; shard < SHARDS; shard++) {
        String partition = Partitions.in(shard, SHARDS, id, "p");
        if (shard != NEWER_SHARD) {
          namespace.put(Key.of(partition, "after"), "2".getBytes(), APPLIED);
        }
        // Also the shard that has halted answers from what it holds.
        assertEquals("1", namespace.get(Key.of(partition, "before")).orElseThrow().valueUtf8());
      }
    }
  }

  private static boolean takesJunk(ShardDescription shard) {
    return shard.getShard() == UNDECODABLE_SHARD;
  }

  /** Bytes that are no record: random ones, none at all, and a record without a format. */
  private static List<byte[]> junk(RandomGenerator random) {
    List<byte[]> junk = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      byte[] bytes = new byte[1 + random.nextInt(400)];
      random.nextBytes(bytes);
      // No field of a message begins so: chance must not make a record of it.
      bytes[0] = (byte) 0xFF;
      junk.add(bytes);
    }
    junk.add(null);
    junk.add(LogRecord.newBuilder().setNamespaceId(1).build().toByteArray());
    return junk;
  }
}
