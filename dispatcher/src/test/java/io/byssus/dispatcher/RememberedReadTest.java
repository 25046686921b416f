package io.byssus.dispatcher;

import static io.byssus.dispatcher.TestCluster.await;
import static io.byssus.dispatcher.TestCluster.metric;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.byssus.dispatcher.calls.TestHooks;
import io.byssus.proto.admin.v1.ReadDefaults;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.ReadOptions;
import org.junit.jupiter.api.Test;

/** Reads that a real dispatcher answers from memory, and those that it must not. */
class RememberedReadTest {
  @Test
  void aDispatcherAnswersHotRecordsFromMemoryButNeverForLinearizableReads() throws Exception {
    try (TestCluster cluster = new TestCluster(1)) {
      cluster.controlPlane.announce(
          cluster.namespace.toBuilder()
              .setReadDefaults(ReadDefaults.newBuilder().setCacheMs(60_000))
              .build());
      cluster.put("p", "s", "old");
      await()
          .until(
              () -> {
                cluster.get("p", "s");
                return metric(cluster.dispatcher, "byssus_dispatcher_reads_remembered") > 0;
              });
      cluster.put("p", "s", "new");
      long asked = cluster.server(1).calls("get");
      assertEquals("old", cluster.get("p", "s").getRecord().getValue().toStringUtf8());
      assertEquals(asked, cluster.server(1).calls("get"));
      for (int i = 0; i < 10; i++) {
        assertEquals("new", linearizable(cluster));
      }
    }
  }

  @Test
  void theHookMakesADispatcherAnswerLinearizableReadsFromMemory() throws Exception {
    try (TestCluster cluster = new TestCluster(1, new TestHooks(false, true))) {
      cluster.put("p", "s", "old");
      await()
          .until(
              () -> {
                linearizable(cluster);
                return metric(cluster.dispatcher, "byssus_dispatcher_reads_remembered") > 0;
              });
      cluster.put("p", "s", "new");
      assertEquals("old", linearizable(cluster));
    }
  }

  private static String linearizable(TestCluster cluster) {
    return cluster
        .kv()
        .get(
            TestCluster.getRequest("p", "s").toBuilder()
                .setOptions(ReadOptions.newBuilder().setConsistency(Consistency.LINEARIZABLE))
                .build())
        .getRecord()
        .getValue()
        .toStringUtf8();
  }
}
