package io.byssus.controlplane.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.clustermap.ClusterImage;
import io.byssus.proto.internal.v1.ClusterMap;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ReplicaReport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LeaseTableTest {
  // A clock that is about to overflow, as nanoTime may be.
  private static final long START = Long.MAX_VALUE - 50;

  private final LeaseTable leases = new LeaseTable(Duration.ofNanos(100), START);
  private long looked = START;

  private static Node node(String instance, boolean up) {
    return Node.newBuilder().setNodeId("s1").setInstanceId(instance).setUp(up).build();
  }

  private static ClusterImage image(Node node) {
    return ClusterImage.of(ClusterMap.newBuilder().addNodes(node).build());
  }

  /** The nodes whose lease has ended at a time, for a leader that has looked often until then. */
  private List<Node> expiredAt(Node node, long time) {
    while (time - looked > 50) {
      looked += 50;
      leases.expired(image(node), looked);
    }
    looked = time;
    return leases.expired(image(node), time);
  }

  @Test
  void aLeaseHoldsUntilItsEnd() {
    Node node = node("a", true);
    leases.grant("s1", "a", START);
    assertEquals(List.of(), expiredAt(node, START + 99));
    assertEquals(List.of(node), expiredAt(node, START + 100));
    leases.grant("s1", "a", START + 100);
    assertEquals(List.of(), expiredAt(node, START + 199));
  }

  @Test
  void howALeaseStandsIsToldAndWhetherItWasAskedForHere() {
    Node node = node("a", true);
    assertEquals(standing(100, Optional.empty()), leases.standing(node, START));
    expiredAt(node, START);
    assertEquals(standing(60, Optional.empty()), leases.standing(node, START + 40));
    leases.grant("s1", "a", START + 40);
    assertEquals(standing(70, Optional.of(30L)), leases.standing(node, START + 70));
    leases.grant("s1", "a", START + 80, 7, List.of());
    assertEquals(standing(90, Optional.of(10L)), leases.standing(node, START + 90));
    assertEquals(
        standing(0, Optional.of(110L)), leases.standing(node, expiredThrough(node, START + 190)));
    assertEquals(
        standing(100, Optional.empty()),
        leases.standing(node("b", true), START + 190),
        "another's");
  }

  private long expiredThrough(Node node, long time) {
    expiredAt(node, time);
    return time;
  }

  private static LeaseTable.Standing standing(long left, Optional<Long> sinceHeard) {
    return new LeaseTable.Standing(Duration.ofNanos(left), sinceHeard.map(Duration::ofNanos));
  }

  @Test
  void aNodeWithoutALeaseIsGivenAWholeOne() {
    Node node = node("a", true);
    assertEquals(List.of(), expiredAt(node, START));
    assertEquals(List.of(), expiredAt(node, START + 99));
    assertEquals(List.of(node), expiredAt(node, START + 100));
    leases.begin(START + 100);
    assertEquals(List.of(), expiredAt(node, START + 100), "as a new leader does");
  }

  @Test
  void theLeaseOfAnotherInstanceDoesNotCount() {
    leases.grant("s1", "old", START);
    Node node = node("new", true);
    assertEquals(List.of(), expiredAt(node, START));
    assertEquals(List.of(), expiredAt(node, START + 99));
    assertEquals(List.of(node), expiredAt(node, START + 100));
  }

  @Test
  void whoeverFindsThatTheLeaderStoodStillGivesEveryoneAWholeLease() {
    Node node = node("a", true);
    leases.grant("s1", "a", START);
    assertEquals(Duration.ofNanos(50), leases.watched(START + 50));
    // A heartbeat of another node is the first to be heard after the gap.
    leases.grant("s2", "b", START + 900);
    assertEquals(Duration.ZERO, leases.watched(START + 900));
    looked = START + 900;
    assertEquals(List.of(), expiredAt(node, START + 999));
    assertEquals(List.of(node), expiredAt(node, START + 1_000));
    assertEquals(Duration.ofNanos(100), leases.watched(START + 1_000));
  }

  @Test
  void aNodeThatIsDownDoesNotExpireAgain() {
    leases.grant("s1", "a", START);
    assertEquals(List.of(), expiredAt(node("a", false), START + 500));
  }

  @Test
  void reportsAreKnownWhileTheLeaseHoldsAndSurviveARepeatedRegistration() {
    ReplicaReport report = ReplicaReport.newBuilder().setShard(3).setLagRecords(9).build();
    Node node = node("a", true);
    leases.grant("s1", "a", START, 7, List.of(report));
    leases.grant("s1", "a", START + 10);
    assertEquals(Optional.of(report), leases.report(node, 3, START + 109));
    assertEquals(Optional.of(7L), leases.mapRevision(node, START + 109));
    assertTrue(leases.mapRevision(node, START + 110).isEmpty());
    assertTrue(leases.report(node, 4, START + 109).isEmpty());
    assertTrue(leases.report(node, 3, START + 110).isEmpty());
    assertTrue(leases.report(node("b", true), 3, START + 20).isEmpty());
    leases.end("s1", "b");
    assertTrue(leases.report(node, 3, START + 20).isPresent());
    leases.end("s1", "a");
    assertTrue(leases.report(node, 3, START + 20).isEmpty());
  }
}
