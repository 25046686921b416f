package io.byssus.controlplane.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.clustermap.ClusterImage;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.PlannedShard;
import io.byssus.proto.internal.v1.ShardAssignment;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class PlacementPlannerTest {
  private static final long GRACE = LiveState.REPLACE_AFTER.toMillis();

  private static Map<String, Integer> replicas(ClusterImage image) {
    Map<String, Integer> counts = zeros(image);
    image
        .shards()
        .forEach(s -> s.getReplicasList().forEach(id -> counts.merge(id, 1, Integer::sum)));
    return counts;
  }

  private static Map<String, Integer> owners(ClusterImage image) {
    Map<String, Integer> counts = zeros(image);
    image.shards().forEach(s -> counts.merge(s.getFeedOwner(), 1, Integer::sum));
    return counts;
  }

  private static Map<String, Integer> zeros(ClusterImage image) {
    return image.nodes().stream()
        .collect(Collectors.toMap(Node::getNodeId, n -> 0, (a, b) -> a, TreeMap::new));
  }

  private static int spread(Map<String, Integer> counts) {
    Collection<Integer> values = counts.values();
    return Collections.max(values) - Collections.min(values);
  }

  private static void assertSound(ClusterImage image) {
    for (ShardAssignment shard : image.shards()) {
      Set<String> distinct = new HashSet<>(shard.getReplicasList());
      assertEquals(shard.getReplicasCount(), distinct.size(), "no node twice: " + shard);
      boolean anyUp = distinct.stream().anyMatch(id -> image.node(id).orElseThrow().getUp());
      assertEquals(anyUp, !shard.getFeedOwner().isEmpty(), shard.toString());
      if (anyUp) {
        assertTrue(distinct.contains(shard.getFeedOwner()), shard.toString());
        assertTrue(image.node(shard.getFeedOwner()).orElseThrow().getUp(), shard.toString());
      }
    }
  }

  @Property(tries = 150)
  void theFirstPlacementIsBalanced(
      @ForAll @IntRange(min = 1, max = 130) int shards,
      @ForAll @IntRange(min = 1, max = 5) int factor,
      @ForAll @IntRange(min = 0, max = 9) int more) {
    LiveState live = LiveState.ready(shards, factor, factor + more);
    live.place(0);
    assertEquals(shards, live.image().shards().size());
    assertSound(live.image());
    assertTrue(spread(replicas(live.image())) <= 1, () -> replicas(live.image()).toString());
    assertTrue(spread(owners(live.image())) <= 1, () -> owners(live.image()).toString());
    live.image().shards().forEach(s -> assertEquals(factor, s.getReplicasCount()));
    assertEquals(List.of(), live.place(GRACE * 9), "a second plan finds nothing to do");
  }

  @Property(tries = 300)
  void replicasStandInDifferentZonesAndStillBalance(
      @ForAll @IntRange(min = 1, max = 100) int shards,
      @ForAll @IntRange(min = 2, max = 5) int zones,
      @ForAll @IntRange(min = 1, max = 5) int perZone,
      @ForAll @IntRange(min = 1, max = 5) int factor) {
    int servers = zones * perZone;
    int copies = Math.min(factor, zones);
    LiveState live = LiveState.ready(shards, copies, 0);
    for (int i = 0; i < servers; i++) {
      Map<String, String> labels = Map.of("zone", "z" + i % zones);
      live.granted(Commands.register(Commands.server("s" + i, "i", labels), "", 0));
    }
    live.place(0);
    assertEquals(shards, live.image().shards().size());
    for (ShardAssignment shard : live.image().shards()) {
      long distinct =
          shard.getReplicasList().stream()
              .map(id -> live.image().node(id).orElseThrow().getLabelsOrThrow("zone"))
              .distinct()
              .count();
      assertEquals(copies, distinct, shard.toString());
    }
    assertTrue(spread(replicas(live.image())) <= 1, () -> replicas(live.image()).toString());
    assertTrue(spread(owners(live.image())) <= 1, () -> owners(live.image()).toString());
  }

  @Test
  void racksOfAZoneAreToldApartWhereZonesDoNotSuffice() {
    LiveState live = LiveState.ready(12, 2, 0);
    for (int i = 0; i < 4; i++) {
      Map<String, String> labels = Map.of("zone", "z", "rack", "r" + i % 2);
      live.granted(Commands.register(Commands.server("s" + i, "i", labels), "", 0));
    }
    live.place(0);
    for (ShardAssignment shard : live.image().shards()) {
      assertEquals(
          2,
          shard.getReplicasList().stream()
              .map(id -> live.image().node(id).orElseThrow().getLabelsOrThrow("rack"))
              .distinct()
              .count());
    }
  }

  @Test
  void nothingIsPlacedBeforeTheLogIsReadyAndTheExpectedServersAreThere() {
    LiveState live = new LiveState();
    live.granted(Commands.init(Commands.settings(4, 2, 3)));
    for (int i = 0; i < 2; i++) {
      live.granted(Commands.register("s" + i, 0));
    }
    live.granted(Commands.logReady("t"));
    assertEquals(List.of(), live.place(0));
    live.granted(Commands.register("s2", 0));
    live.granted(Commands.change("s1", false, 0));
    assertEquals(List.of(), live.place(0), "a server that is down does not count");
    live.granted(Commands.change("s1", true, 0));
    assertEquals(4, live.place(0).size());

    LiveState noLog = new LiveState();
    noLog.granted(Commands.init(Commands.settings(4, 1, 1)));
    noLog.granted(Commands.register("s0", 0));
    assertEquals(List.of(), noLog.place(0));
  }

  @Test
  void aFirstPlacementThatWasCutShortIsFinishedAndBalanced() {
    LiveState live = LiveState.ready(16, 2, 4);
    List<PlannedShard> plan =
        new PlacementPlanner(LiveState.REPLACE_AFTER).plan(live.image(), 0, LiveState.ALWAYS);
    live.granted(Commands.assign(plan.subList(0, 5)));
    live.granted(Commands.change("s3", false, 0));
    assertEquals(11, live.place(0).stream().filter(s -> s.getPlannedFromEpoch() == 0).count());
    assertEquals(16, live.image().shards().size());
    assertSound(live.image());
  }

  @Test
  void aServerThatIsDownForLessThanTheGraceKeepsItsReplicas() {
    LiveState live = LiveState.ready(12, 2, 4);
    live.place(0);
    Map<String, Integer> before = replicas(live.image());
    live.granted(Commands.change("s0", false, 100));
    live.place(100 + GRACE - 1);
    assertEquals(before, replicas(live.image()));
    assertSound(live.image());
    assertEquals(0, owners(live.image()).get("s0"), "its feeds have gone to others");
    live.granted(Commands.change("s0", true, 200));
    assertEquals(List.of(), live.place(100 + GRACE * 3), "feeds stay where they are");
  }

  @Test
  void afterTheGraceItsReplicasGoToOthersAndNothingElseMoves() {
    LiveState live = LiveState.ready(12, 2, 4);
    live.place(0);
    ClusterImage before = live.image();
    live.granted(Commands.change("s0", false, 100));
    live.place(100);
    live.place(100 + GRACE);
    assertSound(live.image());
    assertEquals(0, replicas(live.image()).get("s0"));
    for (ShardAssignment shard : live.image().shards()) {
      List<String> old = before.shard(shard.getShard()).orElseThrow().getReplicasList();
      for (int i = 0; i < old.size(); i++) {
        if (!old.get(i).equals("s0")) {
          assertEquals(old.get(i), shard.getReplicas(i), "a live replica stays in its place");
        }
      }
    }
    Map<String, Integer> others = replicas(live.image());
    others.remove("s0");
    assertTrue(spread(others) <= 2, others.toString());
  }

  @Test
  void theGraceBeginsAnewForOneWhoHasOnlyBegunToWatch() {
    LiveState live = LiveState.ready(12, 2, 4);
    live.place(0);
    Map<String, Integer> before = replicas(live.image());
    for (String server : List.of("s0", "s1", "s2", "s3")) {
      live.granted(Commands.change(server, false, 0));
    }
    // The whole cluster comes back after ten times the grace, one server after the other.
    long back = GRACE * 10;
    live.place(back, Duration.ZERO);
    live.granted(Commands.change("s2", true, back));
    live.place(back, Duration.ofMillis(1));
    live.granted(Commands.change("s0", true, back));
    live.place(back + GRACE, LiveState.REPLACE_AFTER.minusMillis(1));
    assertEquals(before, replicas(live.image()));
    assertSound(live.image());
    live.place(back + GRACE, LiveState.REPLACE_AFTER);
    assertEquals(0, replicas(live.image()).get("s1"), "it stayed away");
  }

  @Test
  void withNoOtherServerALostReplicaStaysWhereItIs() {
    LiveState live = LiveState.ready(6, 3, 3);
    live.place(0);
    live.granted(Commands.change("s1", false, 0));
    live.place(1);
    assertEquals(List.of(), live.place(GRACE * 5));
    assertEquals(6, PlacementPlanner.underReplicated(live.image()));
    assertEquals(6, replicas(live.image()).get("s1"));
  }

  @Test
  void aNewServerGetsOnlyWhatIsMissing() {
    LiveState live = LiveState.ready(6, 3, 3);
    live.place(0);
    live.granted(Commands.register("s9", 5));
    assertEquals(List.of(), live.place(GRACE * 2), "nothing is missing");
    live.granted(Commands.change("s1", false, 10));
    live.place(10 + GRACE);
    assertEquals(6, replicas(live.image()).get("s9"));
    assertEquals(0, PlacementPlanner.underReplicated(live.image()));
  }

  @Test
  void aFeedGoesToABuiltReplicaRatherThanToTheOneThatReplacesItsOwner() {
    LiveState live = LiveState.ready(8, 2, 2);
    live.place(0);
    live.granted(Commands.register("s2", 0));
    live.granted(Commands.change("s0", false, 0));
    live.place(GRACE);
    assertSound(live.image());
    assertEquals(8, owners(live.image()).get("s1"));
  }

  @Test
  void withNoReplicaUpThereIsNoFeedOwner() {
    LiveState live = LiveState.ready(4, 1, 1);
    live.place(0);
    live.granted(Commands.change("s0", false, 0));
    live.place(1);
    live.image().shards().forEach(s -> assertEquals("", s.getFeedOwner()));
    live.granted(Commands.change("s0", true, 2));
    live.place(2);
    assertEquals(4, owners(live.image()).get("s0"));
    live.image().shards().forEach(s -> assertEquals(3, s.getEpoch()));
  }

  @Property(tries = 60)
  void throughRandomFailuresEveryShardStaysSoundAndPlansComeToRest(@ForAll long seed) {
    Random random = new Random(seed);
    LiveState live = LiveState.ready(20, 3, 6);
    long now = 0;
    live.place(now);
    for (int i = 0; i < 40; i++) {
      now += random.nextInt((int) GRACE);
      String id = "s" + random.nextInt(8);
      if (random.nextInt(3) == 0 && live.image().node(id).isPresent()) {
        live.granted(Commands.change(id, false, now));
      } else {
        live.granted(Commands.register(id, now));
      }
      live.place(now);
      assertSound(live.image());
      assertEquals(List.of(), live.place(now), "one plan is enough");
      live.image().shards().forEach(s -> assertEquals(3, s.getReplicasCount()));
    }
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void aLargeClusterIsPlannedWhole() {
    LiveState live = LiveState.ready(65_536, 3, 50);
    List<PlannedShard> plan =
        new PlacementPlanner(LiveState.REPLACE_AFTER).plan(live.image(), 0, LiveState.ALWAYS);
    assertEquals(65_536, plan.size());
  }
}
