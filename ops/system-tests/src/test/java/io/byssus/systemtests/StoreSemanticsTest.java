package io.byssus.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.client.Acknowledgement;
import io.byssus.client.AlreadyExistsException;
import io.byssus.client.ByssusClient;
import io.byssus.client.Condition;
import io.byssus.client.Consistency;
import io.byssus.client.IncrementResult;
import io.byssus.client.IndeterminateException;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.NamespaceNotFoundException;
import io.byssus.client.NotWrittenException;
import io.byssus.client.ReadOptions;
import io.byssus.client.ScanAll;
import io.byssus.client.ScanAllCursor;
import io.byssus.client.StoredRecord;
import io.byssus.client.StreamedWriter;
import io.byssus.client.WriteOptions;
import io.byssus.client.WriteResult;
import io.byssus.client.admin.NamespaceDescription;
import io.byssus.client.admin.NamespaceSettings;
import io.byssus.cluster.ClusterProcesses;
import io.byssus.cluster.NodeRole;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the parts promise together: each test needs every kind of process. */
final class StoreSemanticsTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int ROUNDS = 4;
  private static final int STREAMED = 2_000;
  private static final Duration GRACE = Duration.ofSeconds(2);

  @RegisterExtension
  static final TestClusterExtension EXTENSION =
      new TestClusterExtension(
          "semantics",
          4,
          config ->
              config
                  .withNodes(1, 2, 2)
                  .withSetting(NodeRole.CONTROL_PLANE, "namespace-grace", GRACE.toSeconds() + "s"));

  private final TestCluster cluster = EXTENSION.cluster();

  @Test
  void aNamespaceIsChangedDeletedTakenBackAndDroppedForGoodWithAllItHeld() {
    try (ByssusClient client = cluster.client().build()) {
      NamespaceDescription created = client.admin().createNamespace(NamespaceSettings.of("life"));
      Namespace namespace = client.namespace("life");
      for (int i = 0; i < 20; i++) {
        namespace.put(Key.of("p" + i), "kept");
      }
      NamespaceDescription updated =
          client
              .admin()
              .updateNamespace(NamespaceSettings.of("life").withDefaultTtl(Duration.ofHours(1)));
      assertEquals(created.rulesVersion() + 1, updated.rulesVersion());

      client.admin().deleteNamespace("life");
      awaitUnknown(namespace);
      client.admin().undeleteNamespace("life");
      Awaitility.await("it is back")
          .atMost(LIMIT)
          .until(() -> value(namespace, Key.of("p7")).equals(Optional.of("kept")));

      client.admin().deleteNamespace("life");
      awaitUnknown(namespace);
      assertTrue(Replicas.recordsOf(cluster, created.id()) > 0);
      Awaitility.await("nothing of it is left on any replica")
          .atMost(LIMIT)
          .until(() -> Replicas.recordsOf(cluster, created.id()) == 0);
      assertThrows(
          NamespaceNotFoundException.class, () -> client.admin().undeleteNamespace("life"));

      NamespaceDescription another = client.admin().createNamespace(NamespaceSettings.of("life"));
      assertTrue(another.id() > created.id());
      assertThrows(AlreadyExistsException.class, () -> client.admin().createNamespace("life"));
      try (ByssusClient fresh = cluster.client().build()) {
        Namespace anew = fresh.namespace("life");
        assertEquals(Optional.empty(), value(anew, Key.of("p7")));
        anew.put(Key.of("p7"), "new");
        assertEquals(Optional.of("new"), value(anew, Key.of("p7")));
      }
    }
  }

  private static void awaitUnknown(Namespace namespace) {
    Awaitility.await("its name is unknown to reads and writes")
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              NamespaceNotFoundException read =
                  assertThrows(NamespaceNotFoundException.class, () -> namespace.get(Key.of("p7")));
              assertTrue(read.getMessage().contains("undelete"), read.getMessage());
              assertThrows(
                  NamespaceNotFoundException.class, () -> namespace.put(Key.of("p7"), "no"));
            });
  }

  @Test
  void aRecordIsGoneSoonAfterItsTimeAlsoWhereNothingElseIsWritten() {
    Duration ttl = Duration.ofMillis(1_500);
    // Two seconds are promised; the rest is for the clocks and timers of a busy machine.
    Duration promised = Duration.ofSeconds(2).plusSeconds(3);
    cluster.createNamespace("ticks");
    try (ByssusClient client = cluster.client().build()) {
      Namespace namespace = client.namespace("ticks");
      WriteOptions applied = WriteOptions.defaults().withAcknowledgement(Acknowledgement.APPLIED);
      namespace.put(Key.of("stays"), "stays".getBytes(), applied);
      namespace.put(Key.of("goes"), "goes".getBytes(), applied.withTtl(ttl));
      long written = System.nanoTime();
      ReadOptions eventual = ReadOptions.defaults().withConsistency(Consistency.EVENTUAL);
      Awaitility.await("it is absent")
          .atMost(ttl.plus(promised))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> namespace.get(Key.of("goes"), eventual).isEmpty());
      System.out.printf(
          "gone %d ms after it was due%n",
          (System.nanoTime() - written) / 1_000_000 - ttl.toMillis());
      assertTrue(namespace.get(Key.of("stays")).isPresent());
    }
  }

  @Test
  void aStreamOfWritesKeepsItsOrderAndIsWrittenWholeAcrossTheDeathOfADispatcher() throws Exception {
    cluster.createNamespace("streamed");
    ClusterProcesses processes = cluster.processes();
    try (ByssusClient client = cluster.client().writeDeadline(LIMIT).build()) {
      Namespace namespace = client.namespace("streamed");
      List<CompletableFuture<WriteResult>> writes = new ArrayList<>();
      try (StreamedWriter writer = namespace.writer()) {
        for (int round = 0; round < ROUNDS; round++) {
          for (int i = 0; i < STREAMED; i++) {
            writes.add(writer.put(Key.of("p" + i % 50, "s" + i), i + " in round " + round));
          }
          if (round == 1) {
            // Whichever of the two the stream goes through, one of the deaths strikes it.
            processes.process("dispatcher-1").kill();
          } else if (round == 2) {
            processes.start("dispatcher-1");
            processes.awaitServing("dispatcher-1", LIMIT);
            processes.process("dispatcher-2").kill();
          }
        }
      }
      processes.start("dispatcher-2");
      processes.awaitServing("dispatcher-2", LIMIT);
      writes.forEach(CompletableFuture::join);
      ReadOptions session = ReadOptions.defaults().withConsistency(Consistency.SESSION);
      Map<String, String> found = new HashMap<>();
      try (ScanAllCursor all = namespace.scanAll(ScanAll.defaults(), session)) {
        all.forEachRemaining(record -> found.put(record.key().sortKeyUtf8(), record.valueUtf8()));
      }
      assertEquals(STREAMED, found.size());
      for (int i = 0; i < STREAMED; i++) {
        assertEquals(i + " in round " + (ROUNDS - 1), found.get("s" + i));
      }
    }
  }

  @Test
  void aClientThatReadsFromTheServersPassesTheDispatchersAndReadsOnWhenAServerDies()
      throws Exception {
    cluster.createNamespace("direct");
    ClusterProcesses processes = cluster.processes();
    try (ByssusClient client = cluster.client().directReads(true).readDeadline(LIMIT).build()) {
      Namespace namespace = client.namespace("direct");
      WriteOptions applied = WriteOptions.defaults().withAcknowledgement(Acknowledgement.APPLIED);
      for (int i = 0; i < 40; i++) {
        namespace.put(Key.of("p" + i), ("value " + i).getBytes(), applied);
      }
      Awaitility.await("no read needs a dispatcher")
          .ignoreException(IOException.class)
          .atMost(LIMIT)
          .until(
              () -> {
                double before = readsThroughDispatchers();
                readAll(namespace, Consistency.SESSION);
                return readsThroughDispatchers() == before;
              });
      processes.process("server-1").kill();
      for (Consistency level :
          List.of(Consistency.EVENTUAL, Consistency.SESSION, Consistency.LINEARIZABLE)) {
        readAll(namespace, level);
      }
      processes.start("server-1");
      processes.awaitServing("server-1", LIMIT);
      readAll(namespace, Consistency.SESSION);
    }
  }

  private double readsThroughDispatchers() throws Exception {
    double reads = 0;
    for (String dispatcher : cluster.processes().nodes(NodeRole.DISPATCHER)) {
      reads +=
          Metrics.value(
              cluster.processes().metricsAddress(dispatcher),
              "byssus_grpc_calls_total",
              "KvService/Get\"");
    }
    return reads;
  }

  private static void readAll(Namespace namespace, Consistency level) {
    for (int i = 0; i < 40; i++) {
      StoredRecord found =
          namespace
              .get(Key.of("p" + i), ReadOptions.defaults().withConsistency(level))
              .orElseThrow();
      assertEquals("value " + i, found.valueUtf8());
    }
  }

  @Test
  void compareAndSetIsDoneOnceAcrossTheDeathOfAServerAndOfADispatcher() throws Exception {
    cluster.createNamespace("cas");
    ClusterProcesses processes = cluster.processes();
    try (ByssusClient client = cluster.client().writeDeadline(LIMIT).build()) {
      Namespace namespace = client.namespace("cas");
      List<CompletableFuture<IncrementResult>> sums = new ArrayList<>();
      long value = 0;
      for (String victim : List.of("server-1", "dispatcher-1")) {
        for (int i = 0; i < 200; i++) {
          sums.add(namespace.incrementAsync(Key.of("sum", "of-all"), 1));
        }
        processes.process(victim).kill();
        value = chain(namespace, value, 50);
        processes.start(victim);
        processes.awaitServing(victim, LIMIT);
      }
      assertEquals(100, value);
      assertEquals(Optional.of("100"), value(namespace, Key.of("chain")), "each link was set once");

      TreeSet<Long> told = new TreeSet<>();
      int unsure = 0;
      for (CompletableFuture<IncrementResult> sum : sums) {
        try {
          assertTrue(told.add(sum.join().sum().orElseThrow()), "no sum is told twice");
        } catch (CompletionException e) {
          if (e.getCause() instanceof IndeterminateException) {
            unsure++;
          } else if (!(e.getCause() instanceof NotWrittenException)) {
            throw e;
          }
        }
      }
      long last = Long.parseLong(value(namespace, Key.of("sum", "of-all")).orElseThrow());
      assertTrue(last >= told.size() && last <= told.size() + unsure, last + " of " + told.size());
      assertTrue(told.last() <= last);
      assertTrue(told.size() > 200, "only " + told.size() + " sums were told");
    }
  }

  /** Sets a record from each number to the next, under the condition that it holds the number. */
  private static long chain(Namespace namespace, long from, int links) {
    long value = from;
    for (int i = 0; i < links; i++) {
      Condition expected =
          value == 0 ? Condition.absent() : Condition.valueEquals(Long.toString(value));
      byte[] next = Long.toString(value + 1).getBytes();
      WriteResult set =
          namespace.put(Key.of("chain"), next, WriteOptions.defaults().withCondition(expected));
      assertTrue(set.tookEffect(), () -> "a retry was told another outcome: " + set);
      value++;
    }
    return value;
  }

  private static Optional<String> value(Namespace namespace, Key key) {
    return namespace
        .get(key, ReadOptions.defaults().withConsistency(Consistency.LINEARIZABLE))
        .map(StoredRecord::valueUtf8);
  }
}
