package io.byssus.dispatcher;

import static io.byssus.dispatcher.TestCluster.await;
import static io.byssus.dispatcher.TestCluster.metric;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.proto.kv.v1.GetResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What becomes of the questions to a slow server once another has answered them. */
class SlowServerTest {
  @Test
  void aSlowServerIsOutrunAndToldToStop() throws Exception {
    CompletableFuture<Void> release = new CompletableFuture<>();
    try (TestCluster cluster = new TestCluster(2)) {
      cluster.put("p", "s", "v");
      for (int i = 0; i < 300; i++) {
        cluster.get("p", "s" + i);
      }
      // On a slow machine, some of these were outrun too.
      double wonBefore = metric(cluster.dispatcher, "byssus_dispatcher_hedges_won");
      cluster.server(1).holdGets(release);
      // With this deadline a server has 3 seconds before another is asked anyway.
      int before = (int) cluster.server(1).calls("get");
      int slow = 0;
      for (int i = 0; i < 12; i++) {
        long began = System.nanoTime();
        GetResponse answer =
            cluster.kv(Duration.ofSeconds(9)).get(TestCluster.getRequest("p", "s"));
        assertEquals("v", answer.getRecord().getValue().toStringUtf8());
        slow += System.nanoTime() - began > Duration.ofMillis(2_500).toNanos() ? 1 : 0;
      }
      int held = (int) cluster.server(1).calls("get") - before;
      assertTrue(held > 0);
      assertTrue(slow < held, slow + " slow of " + held + " that came to the slow server");
      double won = metric(cluster.dispatcher, "byssus_dispatcher_hedges_won");
      double sent = metric(cluster.dispatcher, "byssus_dispatcher_hedges_sent");
      double wonHere = won - wonBefore;
      assertTrue(wonHere > 0 && won <= sent, wonHere + " of " + sent);
      assertTrue(sent <= 330 / 20.0, sent + " second questions");
      await().atMost(Duration.ofSeconds(10)).until(() -> cluster.server(1).cancelled() >= wonHere);
    } finally {
      release.complete(null);
    }
  }
}
