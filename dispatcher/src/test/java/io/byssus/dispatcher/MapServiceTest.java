package io.byssus.dispatcher;

import static io.byssus.dispatcher.TestCluster.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.byssus.clustermap.ClusterMapWatcher;
import io.byssus.clustermap.ControlPlaneClient;
import io.byssus.proto.internal.v1.ControlPlaneServiceGrpc;
import io.byssus.proto.internal.v1.RegisterNodeRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The cluster map, followed at a dispatcher. */
class MapServiceTest {
  private TestCluster cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = new TestCluster(1);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  @Test
  void whoFollowsTheMapAtADispatcherSeesWhatTheControlPlaneTells() throws Exception {
    String dispatcher = cluster.dispatcher.address().toString();
    try (ControlPlaneClient client = new ControlPlaneClient(List.of(dispatcher));
        ClusterMapWatcher map = ClusterMapWatcher.start(client, Optional.empty(), "")) {
      await().until(() -> map.current().shards().size() == TestCluster.SHARDS);
      assertEquals(1, watchers());
      cluster.controlPlane.create("later");
      await().until(() -> map.current().namespace("later").isPresent());
      cluster.controlPlane.delete("later");
      await().until(() -> map.current().deletedNamespace("later").isPresent());
      assertEquals(cluster.controlPlane.image().toMap(), map.current().toMap());
      assertEquals(Optional.of(dispatcher), map.connectedTo());
    }
    await().until(() -> watchers() == 0);
  }

  @Test
  void aStoppingDispatcherSendsItsWatchersAway() throws Exception {
    String dispatcher = cluster.dispatcher.address().toString();
    try (ControlPlaneClient client = new ControlPlaneClient(List.of(dispatcher));
        ClusterMapWatcher map = ClusterMapWatcher.start(client, Optional.empty(), "")) {
      await().until(() -> map.connectedTo().isPresent());
      cluster.dispatcher.close();
      await().until(() -> map.connectedTo().isEmpty());
      assertEquals(TestCluster.SHARDS, map.current().shards().size(), "the last map stands");
    }
  }

  @Test
  void theCallsThatMakeANodePartOfTheClusterAreNotServed() {
    ControlPlaneServiceGrpc.ControlPlaneServiceBlockingStub stub =
        ControlPlaneServiceGrpc.newBlockingStub(cluster.channel());
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () -> stub.registerNode(RegisterNodeRequest.getDefaultInstance()));
    assertEquals(Status.Code.UNIMPLEMENTED, refused.getStatus().getCode());
  }

  private double watchers() throws Exception {
    return TestCluster.metric(cluster.dispatcher, "byssus_dispatcher_map_watchers");
  }
}
