package io.byssus.clustermap.replicas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Position;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.internal.v1.ClusterMap;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.internal.v1.WatchReplicasResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The order in which replicas are asked, on a clock of the test's own. */
class ShardRouterTest {
  private static final List<String> SERVERS = List.of("a", "b", "c");

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private long now = Duration.ofDays(1).toNanos();
  private Set<String> down = Set.of();
  private final ReplicaBoard board = new ReplicaBoard(() -> now);
  private final ShardRouter router = new ShardRouter(this::map, board, new Random(5));

  @Test
  void readsSpreadOverFreshReplicas() {
    for (String server : SERVERS) {
      heard(server, ReplicaState.CAUGHT_UP, 0, 10);
    }
    Set<String> firsts = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      List<String> order = order(Position.NONE);
      assertEquals(Set.copyOf(SERVERS), Set.copyOf(order));
      firsts.add(order.get(0));
    }
    assertEquals(Set.copyOf(SERVERS), firsts);
  }

  @Test
  void whereNoneIsFreshTheFreshestComesFirst() {
    heard("a", ReplicaState.CATCHING_UP, 90_000, 10);
    heard("b", ReplicaState.CATCHING_UP, 40_000, 10);
    heard("c", ReplicaState.CATCHING_UP, 70_000, 10);
    assertEquals(List.of("b", "c", "a"), order(Position.NONE));
  }

  @Test
  void aReplicaStaysFreshForThirtySecondsAfterItWasCaughtUp() {
    heard("a", ReplicaState.CAUGHT_UP, 0, 10);
    heard("b", ReplicaState.CATCHING_UP, 2_000, 10);
    heard("c", ReplicaState.CATCHING_UP, 2_000, 10);
    passSeconds(1);
    heard("a", ReplicaState.CATCHING_UP, 3_000, 10);
    for (int i = 0; i < 20; i++) {
      heardAll(ReplicaState.CATCHING_UP);
      assertEquals("a", order(Position.NONE).get(0));
      passSeconds(1);
    }
    for (int i = 0; i < 12; i++) {
      heardAll(ReplicaState.CATCHING_UP);
      passSeconds(1);
    }
    assertFalse(board.standing("a", 0).fresh());
  }

  @Test
  void aReplicaBeingOpenedOrCatchingUpIsNotTakenForFreshBecauseItSaysNoAge() {
    heard("a", ReplicaState.OPENING, 0, 0);
    heard("b", ReplicaState.CATCHING_UP, 0, 5);
    heard("c", ReplicaState.CAUGHT_UP, 500, 10);
    assertEquals(List.of("c", "b", "a"), order(Position.NONE));
  }

  @Test
  void aServerThatFallsSilentIsNotPreferred() {
    heardAll(ReplicaState.CAUGHT_UP);
    passSeconds(2);
    heard("b", ReplicaState.CAUGHT_UP, 0, 10);
    passSeconds(2);
    for (int i = 0; i < 20; i++) {
      assertEquals("b", order(Position.NONE).get(0));
    }
  }

  @Test
  void aServerThatFailedIsTriedLastForAMoment() {
    heardAll(ReplicaState.CAUGHT_UP);
    board.suspect("a");
    for (int i = 0; i < 20; i++) {
      assertEquals("a", order(Position.NONE).get(2));
    }
    passSeconds(1);
    heardAll(ReplicaState.CAUGHT_UP);
    assertFalse(board.standing("a", 0).suspect());
  }

  @Test
  void aServerThatFailsAgainAndAgainIsSuspectForLonger() {
    heardAll(ReplicaState.CAUGHT_UP);
    long[] suspectSeconds = new long[6];
    for (int i = 0; i < suspectSeconds.length; i++) {
      board.suspect("a");
      board.suspect("a");
      while (board.standing("a", 0).suspect()) {
        passSeconds(1);
        suspectSeconds[i]++;
      }
    }
    assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 16L), boxed(suspectSeconds));
    passSeconds(60);
    board.suspect("a");
    passSeconds(1);
    assertFalse(board.standing("a", 0).suspect());
  }

  @Test
  void haltedReplicasAndNodesThatAreDownComeLast() {
    heard("a", ReplicaState.HALTED, 0, 10);
    heard("b", ReplicaState.CATCHING_UP, 100_000, 10);
    down = Set.of("c");
    assertEquals("b", order(Position.NONE).get(0));
    down = Set.of();
    assertEquals(List.of("b", "c", "a"), order(Position.NONE));
  }

  @Test
  void aSessionPrefersReplicasPastItsPositionAndThenTheFurthest() {
    heard("a", ReplicaState.CAUGHT_UP, 0, 10);
    heard("b", ReplicaState.CATCHING_UP, 5_000, 30);
    heard("c", ReplicaState.CATCHING_UP, 5_000, 20);
    assertEquals("b", order(Position.pack(1, 30)).get(0));
    assertEquals(List.of("b", "c", "a"), order(Position.pack(1, 31)));
    Set<String> firsts = new HashSet<>();
    for (int i = 0; i < 30; i++) {
      firsts.add(order(Position.pack(1, 15)).get(0));
    }
    assertEquals(Set.of("b", "c"), firsts);
  }

  @Test
  void positionsCompareAsUnsignedNumbers() {
    heard("a", ReplicaState.CAUGHT_UP, 0, 10);
    heardAt("b", Position.pack(0x8000, 1));
    heardAt("c", Position.pack(1, 5));
    assertEquals("b", order(Position.pack(0x8000, 0)).get(0));
    assertEquals("b", order(Position.pack(0x9000, 0)).get(0));
  }

  @Test
  void aShardLagsWhereEvenItsFastestReplicaDoes() {
    down = Set.of("c");
    assertFalse(router.lagging(0, LIMIT));
    lag("a", 61_000, 5);
    assertFalse(router.lagging(0, LIMIT), "b is up and may be far ahead");
    down = Set.of("b", "c");
    assertTrue(router.lagging(0, LIMIT));
    down = Set.of("c");
    lag("b", 59_000, 5);
    assertFalse(router.lagging(0, LIMIT));
    lag("b", 70_000, 5);
    assertTrue(router.lagging(0, LIMIT));
    // Nothing to fetch: the log itself is away.
    lag("b", 70_000, 0);
    assertFalse(router.lagging(0, LIMIT));
    lag("b", 70_000, 5);
    passSeconds(4);
    assertFalse(router.lagging(0, LIMIT), "reports that are not fresh count for nothing");
  }

  private List<String> order(long atLeast) {
    return router.replicas(0, atLeast).stream().map(Replica::nodeId).toList();
  }

  private void heardAll(ReplicaState state) {
    SERVERS.forEach(
        server -> heard(server, state, state == ReplicaState.CAUGHT_UP ? 0 : 3_000, 10));
  }

  private void heard(String server, ReplicaState state, long ageMs, long offset) {
    hear(server, report(offset).setState(state).setAgeMs(ageMs));
  }

  private void heardAt(String server, long position) {
    hear(server, report(0).setAppliedPosition(position));
  }

  private void lag(String server, long ageMs, long records) {
    hear(
        server,
        report(1).setState(ReplicaState.CATCHING_UP).setAgeMs(ageMs).setLagRecords(records));
  }

  private static ReplicaReport.Builder report(long offset) {
    return ReplicaReport.newBuilder()
        .setShard(0)
        .setState(ReplicaState.CAUGHT_UP)
        .setAppliedPosition(Position.pack(1, offset));
  }

  private void hear(String server, ReplicaReport.Builder report) {
    board.heard(server, WatchReplicasResponse.newBuilder().addReplicas(report).build(), false);
  }

  private void passSeconds(int seconds) {
    now += Duration.ofSeconds(seconds).toNanos();
  }

  @Test
  void aReplicaThatDoesNotKnowTheNamespaceYetIsPassedBy() {
    heardAll(ReplicaState.CAUGHT_UP);
    ReplicaSearch search = new ReplicaSearch(router, 0, Position.NONE, true, () -> {});
    for (int i = 0; i < SERVERS.size(); i++) {
      assertTrue(
          search.failed(
              search.next().orElseThrow(),
              new ByssusException(ErrorCode.NAMESPACE_NOT_FOUND, "it is deleted")));
    }
    assertTrue(search.hopeless());
    assertEquals(ErrorCode.NO_REPLICA, search.exhausted().code());
  }

  private ClusterImage map() {
    ClusterMap.Builder map =
        ClusterMap.newBuilder()
            .addShards(ShardAssignment.newBuilder().setShard(0).addAllReplicas(SERVERS));
    for (String server : SERVERS) {
      map.addNodes(
          Node.newBuilder()
              .setNodeId(server)
              .setRole(NodeRole.SERVER)
              .setAddress(server + ":1")
              .setUp(!down.contains(server)));
    }
    return ClusterImage.of(map.build());
  }

  private static List<Long> boxed(long[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
