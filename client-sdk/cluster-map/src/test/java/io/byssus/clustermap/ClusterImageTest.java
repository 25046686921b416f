package io.byssus.clustermap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.proto.admin.v1.NamespaceState;
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

  private static MapChange deleted(int id, long revision, NamespaceState state) {
    return MapChange.newBuilder()
        .setNamespace(
            Maps.namespace(id, "places").toBuilder()
                .setState(state)
                .setDeletedRevision(revision)
                .setUndeleteUntilMs(revision * 1000))
        .build();
  }

  @Test
  void aDeletedNamespaceIsNotFoundByItsNameButToldOf() {
    ClusterImage without = image.apply(Maps.step(6, deleted(1, 6, NamespaceState.DELETED)));
    assertEquals(Optional.empty(), without.namespace("places"));
    assertEquals(1, without.deletedNamespace("places").orElseThrow().getRules().getNamespaceId());
    assertFalse(ClusterImage.isActive(without.namespace(1).orElseThrow()));
    assertEquals(
        "there is no namespace 'places': it was deleted, and can be undeleted until"
            + " 1970-01-01T00:00:06Z",
        without.namespaceNotFound("places").getMessage());
    assertEquals(
        "there is no namespace 'cities'", without.namespaceNotFound("cities").getMessage());
  }

  @Test
  void ofSeveralNamespacesOfANameTheOneInUseIsFoundAndTheLastDeleted() {
    ClusterImage next =
        image.apply(
            Maps.step(
                12,
                deleted(1, 9, NamespaceState.DELETED),
                deleted(2, 8, NamespaceState.DELETED),
                deleted(3, 10, NamespaceState.DROPPING),
                deleted(4, 11, NamespaceState.DROPPED),
                MapChange.newBuilder().setNamespace(Maps.namespace(5, "places")).build()));
    assertEquals(5, next.namespace("places").orElseThrow().getRules().getNamespaceId());
    assertEquals(1, next.deletedNamespace("places").orElseThrow().getRules().getNamespaceId());
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
