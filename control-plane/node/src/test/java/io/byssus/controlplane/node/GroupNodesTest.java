package io.byssus.controlplane.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.clustermap.NodeLease;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.ListNamespacesRequest;
import io.byssus.proto.admin.v1.ListNodesRequest;
import io.byssus.proto.admin.v1.NodeDescription;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.Node;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes and members as one group of three sees them; every test begins without nodes. */
@Timeout(90)
final class GroupNodesTest {
  @TempDir static Path directory;
  private static TestGroup group;
  private static GroupSteps steps;

  @BeforeAll
  static void start() throws Exception {
    // Nothing here needs the log.
    group = new TestGroup(directory, 3, "127.0.0.1:1").startAll();
    steps = new GroupSteps(group);
  }

  @AfterAll
  static void stop() {
    group.close();
  }

  @AfterEach
  void forgetNodes() {
    steps.leaderImage().nodes().forEach(steps::deregister);
    steps.awaitImage(image -> image.nodes().isEmpty());
  }

  @Test
  void aFollowerSaysWhoLeads() throws Exception {
    int follower = group.aFollower();
    Member leader = group.member(group.awaitLeader());
    ManagedChannel channel =
        ManagedChannelBuilder.forTarget(group.member(follower).address().toString())
            .usePlaintext()
            .build();
    try {
      await().atMost(TestGroup.LIMIT).until(() -> group.node(follower).state().serving());
      StatusRuntimeException failure =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  AdminServiceGrpc.newBlockingStub(channel)
                      .listNamespaces(ListNamespacesRequest.getDefaultInstance()));
      ByssusException error = GrpcErrors.fromGrpc(failure, ErrorCode.INTERNAL_FAULT);
      assertEquals(ErrorCode.NOT_LEADER, error.code());
      assertEquals(leader.address().toString(), error.metadata().get("leader"));
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void aSilentNodeIsDownAfterItsLeaseAndUpAgainWhenItSpeaks() {
    Node silent = GroupSteps.server("s1", "i-1");
    steps.register(silent);
    steps.awaitImage(image -> GroupSteps.up(image, "s1"));
    ByssusException inUse =
        assertThrows(ByssusException.class, () -> steps.register(GroupSteps.server("s1", "i-2")));
    assertEquals(ErrorCode.NODE_ID_IN_USE, inUse.code());
    long left = Long.parseLong(inUse.metadata().get(NodeLease.LEFT_MS));
    assertTrue(left >= 0 && left <= TestGroup.LEASE.toMillis(), "left " + left);
    assertTrue(Long.parseLong(inUse.metadata().get(NodeLease.HEARD_MS_AGO)) >= 0);
    steps.awaitImage(image -> !GroupSteps.up(image, "s1"));
    steps.heartbeat("s1", "i-1");
    assertTrue(GroupSteps.up(steps.leaderImage(), "s1"));
    steps.awaitImage(image -> !GroupSteps.up(image, "s1"));
    steps.register(GroupSteps.server("s1", "i-2"));
    assertEquals(
        ErrorCode.NOT_FOUND_IN_CLUSTER,
        assertThrows(ByssusException.class, () -> steps.heartbeat("s1", "i-1")).code());
  }

  @Test
  void aNewLeaderWaitsAWholeLeaseBeforeItDeclaresANodeDown() throws Exception {
    steps.register(GroupSteps.server("s1", "i-1"));
    AtomicLong newLeaderSince = new AtomicLong();
    int first = group.awaitLeader();
    for (int i = 0; i < 3; i++) {
      if (i != first) {
        group
            .node(i)
            .replicated()
            .onLeadership(
                term -> {
                  if (term != 0) {
                    newLeaderSince.set(System.nanoTime());
                  }
                });
      }
    }
    group.stop(first);
    group.awaitLeader();
    steps.awaitImage(image -> !GroupSteps.up(image, "s1"));
    Duration waited = Duration.ofNanos(System.nanoTime() - newLeaderSince.get());
    group.start(first);
    assertTrue(waited.compareTo(TestGroup.LEASE) >= 0, "waited only " + waited);
  }

  @Test
  void aMemberShowsItselfAndTheClusterInItsMetrics() throws Exception {
    steps.register(GroupSteps.server("s1", "i-1"));
    HttpResponse<String> metrics =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(
                            "http://"
                                + group.node(group.awaitLeader()).metricsAddress()
                                + "/metrics"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    for (String sample :
        List.of(
            "byssus_control_leader{.*} 1.0",
            "byssus_control_term{.*} [1-9].*",
            "byssus_control_revision{.*} [1-9].*",
            "byssus_control_applied_index{.*} [1-9].*",
            "byssus_control_halted{.*} 0.0",
            "byssus_control_shards_under_replicated{.*} 0.0",
            "byssus_control_namespaces{.*state=\"dropping\".*} 0.0",
            "byssus_control_nodes{.*node_role=\"server\".*state=\"up\".*} 1.0")) {
      String pattern = sample.replace("{", "\\{").replace("}", "\\}");
      assertTrue(
          metrics.body().lines().anyMatch(line -> line.matches(pattern)),
          () -> sample + " is not in " + metrics.body());
    }
  }

  @Test
  void membersAreListedWithTheirLeader() {
    steps.register(GroupSteps.server("s1", "i-1"));
    int leader = group.awaitLeader();
    List<NodeDescription> nodes =
        steps.admin(s -> s.listNodes(ListNodesRequest.getDefaultInstance())).getNodesList();
    assertEquals(
        List.of("cp-0", "cp-1", "cp-2", "s1"),
        nodes.stream().map(NodeDescription::getNodeId).toList());
    assertTrue(nodes.get(leader).getLeader());
    assertEquals(1, nodes.stream().filter(NodeDescription::getLeader).count());
    assertEquals(NodeRole.CONTROL_PLANE, nodes.get(0).getRole());
    await()
        .atMost(TestGroup.LIMIT)
        .until(
            () ->
                steps
                    .admin(s -> s.listNodes(ListNodesRequest.getDefaultInstance()))
                    .getNodesList()
                    .stream()
                    .allMatch(NodeDescription::getUp));
  }
}
