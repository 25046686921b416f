package io.byssus.controlplane.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.clustermap.ClusterImage;
import io.byssus.controlplane.state.PlacementPlanner;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.ChangeNodeCommand;
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.InitClusterCommand;
import io.byssus.proto.internal.v1.LogIdentity;
import io.byssus.proto.internal.v1.LogReadyCommand;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.RegisterNodeCommand;
import io.byssus.proto.internal.v1.ShardAssignment;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The leader's turns, taken by the test on clocks of the test, over the real Raft of one member
 * whose own turns find nothing to do: its times are hours.
 */
@Timeout(60)
final class LeaderLoopTest {
  private static final Duration LONG = Duration.ofHours(5);
  private static final Duration LEASE = Duration.ofSeconds(4);
  private static final Duration TURN = Duration.ofSeconds(1);
  private static final Duration REPLACE_AFTER = Duration.ofSeconds(20);

  @TempDir Path directory;
  private TestGroup group;
  private ControlPlaneNode node;
  private LogProvisioning logProvisioning;
  private LeaderLoop loop;

  private final LeaseTable leases = new LeaseTable(LEASE, 0);
  private long nanos;
  // The wall clock is months ahead of what wrote the map.
  private final Clock clock =
      Clock.fixed(Instant.ofEpochMilli(Duration.ofDays(100).toMillis()), ZoneOffset.UTC);

  @BeforeEach
  void start() throws Exception {
    group = new TestGroup(directory, 1, "127.0.0.1:1", LONG, LONG).startAll();
    node = group.node(0);
    logProvisioning =
        new LogProvisioning(
            new LogProvisioner("127.0.0.1:1", Map.of(), clock, () -> nanos),
            log -> {},
            () -> nanos);
    loop = loop(() -> nanos);
    apply(
        command()
            .setInitCluster(
                InitClusterCommand.newBuilder()
                    .setClusterId("mine")
                    .setClusterName("c")
                    .setShardCount(6)
                    .setReplicationFactor(2)
                    .setExpectedServers(4)));
    apply(command().setLogReady(LogReadyCommand.newBuilder().setLog(LogIdentity.newBuilder())));
    for (String server : SERVERS) {
      apply(
          command()
              .setRegisterNode(
                  RegisterNodeCommand.newBuilder()
                      .setNode(
                          Node.newBuilder()
                              .setNodeId(server)
                              .setInstanceId("i-" + server)
                              .setRole(NodeRole.SERVER)
                              .setAddress("127.0.0.1:7401"))));
    }
    loop.turn();
    assertEquals(6, image().shards().size());
  }

  private static final List<String> SERVERS = List.of("s0", "s1", "s2", "s3");

  @AfterEach
  void stop() throws Exception {
    loop.close();
    logProvisioning.close();
    group.close();
  }

  private LeaderLoop loop(LongSupplier time) {
    return new LeaderLoop(
        node.replicated(),
        node.group(),
        new Leadership(node.group(), node.replicated(), node.halted(), clock),
        node.halted(),
        leases,
        new PlacementPlanner(REPLACE_AFTER),
        logProvisioning,
        clock,
        time);
  }

  private static ControlCommand.Builder command() {
    return ControlCommand.newBuilder().setFormatVersion(1).setNowMs(1);
  }

  private void apply(ControlCommand.Builder command) throws Exception {
    node.group().propose(command.build()).get(10, TimeUnit.SECONDS).accepted();
  }

  private void down(String server) throws Exception {
    apply(
        command()
            .setChangeNode(
                ChangeNodeCommand.newBuilder().setNodeId(server).setInstanceId("i-" + server)));
  }

  private ClusterImage image() {
    return node.replicated().image();
  }

  private List<List<String>> replicas() {
    return image().shards().stream()
        .map(ShardAssignment::getReplicasList)
        .map(List::copyOf)
        .toList();
  }

  private boolean up(String server) {
    return image().node(server).orElseThrow().getUp();
  }

  /** Takes turns for a while, in which some servers are heard. */
  private void turns(Duration span, String... heard) {
    long end = nanos + span.toNanos();
    while (nanos - end < 0) {
      nanos += TURN.toNanos();
      for (String server : heard) {
        leases.grant(server, "i-" + server, nanos);
      }
      loop.turn();
    }
  }

  @Test
  void aNewLeaderCountsTheGraceFromItsOwnBeginning() throws Exception {
    List<List<String>> before = replicas();
    down("s0");
    leases.begin(nanos);
    loop.turn();
    turns(REPLACE_AFTER.minus(TURN), "s1", "s2", "s3");
    assertEquals(before, replicas(), "by the map's time it has been down for months");
    turns(TURN, "s1", "s2", "s3");
    assertTrue(replicas().stream().noneMatch(holders -> holders.contains("s0")));
  }

  @Test
  void aLeaderThatStoodStillGivesEveryoneAWholeLeaseAndAWholeGrace() throws Exception {
    down("s0");
    leases.begin(nanos);
    turns(REPLACE_AFTER.minus(TURN), "s1", "s2", "s3");
    List<List<String>> before = replicas();

    nanos += LEASE.multipliedBy(100).toNanos();
    loop.turn();
    assertTrue(up("s1") && up("s2") && up("s3"), "nobody could be heard meanwhile");
    turns(LEASE.minus(TURN), "s1", "s2");
    assertTrue(up("s3"));
    assertEquals(before, replicas());
    turns(TURN, "s1", "s2");
    assertFalse(up("s3"), "it had a whole lease");
    assertTrue(up("s1") && up("s2"));
  }

  @Test
  void aNodeThatIsHeardBetweenTheLookAndTheCommitStaysUp() {
    turns(LEASE.minus(TURN));
    // Its heartbeat comes in while the first of the others is being declared down.
    node.replicated()
        .onChange(
            () -> {
              if (!up("s0")) {
                leases.grant("s3", "i-s3", nanos);
              }
            });
    turns(TURN);
    assertFalse(up("s0") || up("s1") || up("s2"));
    assertTrue(up("s3"));
  }

  @Test
  void anErrorInATurnHaltsTheMemberByNameAndEndsItsLeadership() {
    LeaderLoop failing =
        loop(
            () -> {
              throw new StackOverflowError("as the test wants it");
            });
    failing.turn();
    assertEquals(HaltReason.LEADER_LOOP_FAILED, node.halted().state().orElseThrow().reason());
    await().atMost(TestGroup.LIMIT).until(() -> !node.leads());
  }
}
