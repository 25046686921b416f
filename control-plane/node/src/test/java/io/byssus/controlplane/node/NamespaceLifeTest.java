package io.byssus.controlplane.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.admin.v1.CreateNamespaceRequest;
import io.byssus.proto.admin.v1.DeleteNamespaceRequest;
import io.byssus.proto.admin.v1.DescribeNamespaceRequest;
import io.byssus.proto.admin.v1.ListNamespacesRequest;
import io.byssus.proto.admin.v1.Namespace;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.admin.v1.UndeleteNamespaceRequest;
import io.byssus.proto.admin.v1.UpdateNamespaceRequest;
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.InitClusterCommand;
import io.byssus.proto.internal.v1.LogReadyCommand;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ReplicaReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Namespaces over real Raft: three members, whose leader stops between the steps of a life. */
@Timeout(90)
final class NamespaceLifeTest {
  private static final Node SERVER = GroupSteps.server("s1", "i-s1");
  private static final Node DISPATCHER =
      GroupSteps.server("d1", "i-d1").toBuilder().setRole(NodeRole.DISPATCHER).build();

  @TempDir Path directory;
  private TestGroup group;
  private GroupSteps steps;

  private void start(Duration grace) throws Exception {
    Duration lease = Duration.ofMinutes(4);
    group =
        new TestGroup(directory, 3, "127.0.0.1:1", lease, lease).namespaceGrace(grace).startAll();
    steps = new GroupSteps(group);
    commit(
        ControlCommand.newBuilder()
            .setInitCluster(
                InitClusterCommand.newBuilder()
                    .setClusterId("mine")
                    .setClusterName("c")
                    .setShardCount(1)
                    .setReplicationFactor(1)
                    .setExpectedServers(1)));
    commit(ControlCommand.newBuilder().setLogReady(LogReadyCommand.getDefaultInstance()));
    steps.register(SERVER);
    steps.register(DISPATCHER);
    steps.awaitImage(image -> image.shards().size() == 1);
  }

  @AfterEach
  void stop() {
    group.close();
  }

  private void commit(ControlCommand.Builder command) throws Exception {
    group
        .node(group.awaitLeader())
        .group()
        .propose(command.setFormatVersion(1).setNowMs(1).build())
        .get(10, TimeUnit.SECONDS)
        .accepted();
  }

  private Namespace create(String name) {
    NamespaceSpec spec = NamespaceSpec.newBuilder().setName(name).build();
    return steps
        .admin(s -> s.createNamespace(CreateNamespaceRequest.newBuilder().setSpec(spec).build()))
        .getNamespace();
  }

  private Namespace delete(String name) {
    return steps
        .admin(s -> s.deleteNamespace(DeleteNamespaceRequest.newBuilder().setName(name).build()))
        .getNamespace();
  }

  private Namespace describe(String name) {
    return steps
        .admin(
            s -> s.describeNamespace(DescribeNamespaceRequest.newBuilder().setName(name).build()))
        .getNamespace();
  }

  private List<NamespaceState> listed(boolean deletedToo) {
    return steps
        .admin(
            s ->
                s.listNamespaces(
                    ListNamespacesRequest.newBuilder().setIncludeDeleted(deletedToo).build()))
        .getNamespacesList()
        .stream()
        .map(Namespace::getState)
        .toList();
  }

  private NamespaceEntry entry(int id) {
    return steps.leaderImage().namespace(id).orElseThrow();
  }

  /** Another leads, and the former leader is back. */
  private void changeLeader() throws Exception {
    int leader = group.awaitLeader();
    group.stop(leader);
    group.awaitLeader();
    group.start(leader);
  }

  private void dispatcherKnows(long revision) {
    steps.heartbeat("d1", "i-d1", revision, List.of());
  }

  private void serverHolds(Integer... undropped) {
    steps.heartbeat(
        "s1",
        "i-s1",
        steps.leaderImage().revision(),
        List.of(
            ReplicaReport.newBuilder()
                .setState(ReplicaState.CAUGHT_UP)
                .addAllUndroppedNamespaces(List.of(undropped))
                .build()));
  }

  @Test
  void aDeletedNamespaceGoesForGoodThoughLeadersStop() throws Exception {
    start(Duration.ofMillis(500));
    create("places");
    Namespace deleted = delete("places");
    assertEquals(NamespaceState.DELETED, deleted.getState());
    assertEquals(500, deleted.getUndeleteUntilMs() - entry(1).getDeletedMs());
    dispatcherKnows(entry(1).getDeletedRevision() - 1);
    changeLeader();
    dispatcherKnows(entry(1).getDeletedRevision() - 1);
    await()
        .atMost(TestGroup.LIMIT)
        .until(() -> System.currentTimeMillis() > deleted.getUndeleteUntilMs() + 1_000);
    assertEquals(NamespaceState.DELETED, entry(1).getState(), "a dispatcher does not know yet");
    dispatcherKnows(entry(1).getDeletedRevision());
    steps.awaitImage(image -> entry(1).getState() == NamespaceState.DROPPING);

    changeLeader();
    serverHolds(1);
    await()
        .during(Duration.ofMillis(700))
        .atMost(TestGroup.LIMIT)
        .until(() -> entry(1).getState() == NamespaceState.DROPPING);
    serverHolds();
    steps.awaitImage(image -> entry(1).getState() == NamespaceState.DROPPED);
    assertEquals(List.of(), listed(true));
    assertEquals(2, create("places").getNamespaceId(), "ids are never given again");
  }

  @Test
  void aNamespaceIsUpdatedDeletedAndBroughtBackAsItWas() throws Exception {
    start(Duration.ofHours(1));
    create("places");
    NamespaceSpec spec = NamespaceSpec.newBuilder().setName("places").setMaxVersions(5).build();
    UpdateNamespaceRequest request =
        UpdateNamespaceRequest.newBuilder().setSpec(spec).setExpectedRulesVersion(1).build();
    Namespace updated = steps.admin(s -> s.updateNamespace(request)).getNamespace();
    assertEquals(2, updated.getRulesVersion());
    assertEquals(5, updated.getSpec().getMaxVersions());
    assertEquals(updated, steps.admin(s -> s.updateNamespace(request)).getNamespace(), "a repeat");

    delete("places");
    changeLeader();
    ByssusException unknown = assertThrows(ByssusException.class, () -> describe("places"));
    assertEquals(ErrorCode.NAMESPACE_NOT_FOUND, unknown.code());
    assertTrue(unknown.getMessage().contains("can be undeleted until"), unknown.getMessage());
    assertEquals(List.of(), listed(false));
    assertEquals(List.of(NamespaceState.DELETED), listed(true));
    steps.admin(
        s -> s.undeleteNamespace(UndeleteNamespaceRequest.newBuilder().setName("places").build()));
    assertEquals(updated, describe("places"));
  }
}
