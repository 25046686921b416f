package io.byssus.dispatcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.clustermap.ClusterImage;
import io.byssus.clustermap.WatchedMap.Step;
import io.byssus.proto.internal.v1.ClusterMap;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Steps from one map to a later one. */
class FollowedMapTest {

  @Test
  void aStepFromAnyRevisionThatIsRememberedLeadsToTheNewestMap() {
    RandomGenerator random = Seed.of("followed map").random();
    for (int run = 0; run < 50; run++) {
      ClusterImage image = start();
      FollowedMap followed = new FollowedMap(image);
      List<ClusterImage> seen = new ArrayList<>(List.of(image));
      for (int i = 0; i < 30; i++) {
        List<MapChange> changes = changes(random);
        // A follower may miss revisions between: it sees the newest map, not each one.
        image = image.with(image.revision() + changes.size(), changes);
        if (random.nextInt(3) > 0) {
          followed.moveTo(image);
          seen.add(image);
        }
      }
      ClusterImage newest = followed.image();
      for (ClusterImage from : seen) {
        Step step = followed.stepFrom(from.revision()).orElseThrow();
        assertEquals(newest.toMap(), from.with(step.revision(), step.changes()).toMap());
      }
      assertTrue(followed.stepFrom(newest.revision()).orElseThrow().changes().isEmpty());
      assertEquals(Optional.empty(), followed.stepFrom(newest.revision() + 1));
    }
  }

  @Test
  void stepsThatAreTooOldAreForgotten() {
    FollowedMap followed = new FollowedMap(start());
    ClusterImage image = start();
    for (int i = 0; i < 1_500; i++) {
      image = image.with(image.revision() + 1, List.of(shard(1, i)));
      followed.moveTo(image);
    }
    assertEquals(Optional.empty(), followed.stepFrom(1));
    assertEquals(1, followed.stepFrom(image.revision() - 1).orElseThrow().changes().size());
  }

  @Test
  void aMapThatNoChangesLeadToIsSentWhole() {
    FollowedMap followed = new FollowedMap(start().with(2, List.of(shard(1, 1))));
    followed.moveTo(ClusterImage.of(start().toMap().toBuilder().setRevision(3).build()));
    assertEquals(Optional.empty(), followed.stepFrom(2), "a shard is gone");
    assertEquals(3, followed.stepFrom(3).orElseThrow().revision());
  }

  private static ClusterImage start() {
    return ClusterImage.of(
        ClusterMap.newBuilder().setRevision(1).setCluster(TestCluster.cluster()).build());
  }

  private static List<MapChange> changes(RandomGenerator random) {
    List<MapChange> changes = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int number = random.nextInt(5);
      changes.add(
          switch (random.nextInt(5)) {
            case 0 ->
                MapChange.newBuilder()
                    .setNode(Node.newBuilder().setNodeId("n" + number).setUp(random.nextBoolean()))
                    .build();
            case 1 -> MapChange.newBuilder().setNodeRemoved("n" + number).build();
            case 2 ->
                MapChange.newBuilder()
                    .setNamespace(
                        NamespaceEntry.newBuilder()
                            .setRules(
                                NamespaceRules.newBuilder()
                                    .setNamespaceId(number + 1)
                                    .setVersion(random.nextInt(3))))
                    .build();
            case 3 -> MapChange.newBuilder().setNamespaceRemoved(number + 1).build();
            default -> shard(number, random.nextInt(3));
          });
    }
    return changes;
  }

  private static MapChange shard(int number, long epoch) {
    return MapChange.newBuilder()
        .setShard(ShardAssignment.newBuilder().setShard(number).setEpoch(epoch))
        .build();
  }
}
