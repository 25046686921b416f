package io.byssus.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class WriteTest {
  private FakeCluster cluster;
  private ByssusClient client;
  private Namespace places;

  @BeforeEach
  void start() throws Exception {
    cluster = new FakeCluster(2, 4);
    client = cluster.client().build();
    places = client.namespace("places");
  }

  @AfterEach
  void stop() {
    client.close();
    cluster.close();
  }

  @Test
  void whatIsPutIsThereAndWhatIsDeletedIsGone() {
    Key key = Key.of("NL", "Amsterdam");
    WriteResult put = places.put(key, "water");
    assertEquals("water", cluster.text(key));
    assertEquals(put.shard(), cluster.shard("places", key.partition()).number());
    assertTrue(put.version().isEmpty());
    assertEquals("water", places.get(key).orElseThrow().valueUtf8());
    places.delete(key);
    assertNull(cluster.text(key));
    assertTrue(places.get(key).isEmpty());
  }
}
