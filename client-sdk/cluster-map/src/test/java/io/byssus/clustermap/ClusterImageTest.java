package io.byssus.clustermap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.LogIdentity;
import io.byssus.proto.internal.v1.MapChange;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ClusterImageTest {
  private final ClusterImage image = ClusterImage.of(Maps.map("c", 5));

  @Test
  void aMapSurvivesTheWayThroughAnImage() {
    assertEquals(Maps.map("c", 5), image.toMap());
  }

  @Test
  void entriesAreFoundByTheirKeys() {
    assertEquals("s1", image.node("s1").orElseThrow().getNodeId());
    assertEquals(image.namespace("places"), image.namespace(1));
    assertEquals(1, image.shard(0).orElseThrow().getEpoch());
    assertTrue(image.node("s2").isEmpty());
    assertTrue(image.namespace("cities").isEmpty());
    assertTrue(image.shard(1).isEmpty());
  }

  @Test
  void changesReplaceTheEntriesThatTheyNameAndNoOther() {
    ClusterImage next =
        image.apply(
            Maps.step(
                8,
                Maps.added(Maps.node("s2")),
                MapChange.newBuilder().setShard(Maps.shard(0, 2, "s2")).build(),
                MapChange.newBuilder().setNamespace(Maps.namespace(2, "cities")).build()));
    assertEquals(8, next.revision());
    assertEquals(2, next.nodes().size());
    assertEquals(2, next.shard(0).orElseThrow().getEpoch());
    assertEquals(2, next.namespace("cities").orElseThrow().getRules().getNamespaceId());
    assertEquals(image.namespace("places"), next.namespace("places"));
    assertEquals(1, image.nodes().size(), "the image before is as it was");
  }

  @Test
  void removedEntriesAreGone() {
    ClusterImage next =
        image.apply(
            Maps.step(
                7,
                MapChange.newBuilder().setNodeRemoved("s1").build(),
                MapChange.newBuilder().setNamespaceRemoved(1).build()));
    assertEquals(Optional.empty(), next.node("s1"));
    assertEquals(Optional.empty(), next.namespace("places"));
    assertEquals(Optional.empty(), next.namespace(1));
  }

  @Test
  void aSignOfLifeChangesNothing() {
    assertSame(image, image.apply(Maps.step(5)));
    assertSame(image, image.apply(Maps.step(3)));
  }

  @Test
  void aStepBackIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> image.apply(Maps.step(4, Maps.added(Maps.node("s2")))));
    assertThrows(IllegalArgumentException.class, () -> image.apply(Maps.whole(Maps.map("c", 4))));
  }

  @Test
  void theLogIsReadyOnceTheClusterNamesIt() {
    assertEquals(false, image.logReady());
    Cluster withLog =
        Maps.cluster("c").toBuilder().setLog(LogIdentity.newBuilder().setTopic("t.wal")).build();
    ClusterImage next =
        image.apply(Maps.step(6, MapChange.newBuilder().setCluster(withLog).build()));
    assertEquals(true, next.logReady());
    assertEquals(false, ClusterImage.empty().logReady());
  }
}
