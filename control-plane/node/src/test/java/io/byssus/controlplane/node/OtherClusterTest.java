package io.byssus.controlplane.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.clustermap.ClusterMapWatcher;
import io.byssus.clustermap.ControlPlaneClient;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.AdminServiceGrpc.AdminServiceBlockingStub;
import io.byssus.proto.admin.v1.InitClusterRequest;
import io.byssus.proto.admin.v1.ListNamespacesRequest;
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.InitClusterCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Administration is refused to processes of another cluster, and not to those of none yet. */
@Timeout(60)
final class OtherClusterTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  @TempDir Path directory;
  private TestGroup group;

  @BeforeEach
  void start() throws Exception {
    group = new TestGroup(directory, 1, "127.0.0.1:1").startAll();
  }

  @AfterEach
  void stop() {
    group.close();
  }

  /** Asks as a process of a cluster; empty: of none. */
  private void listNamespacesAs(String cluster) {
    as(cluster, admin -> admin.listNamespaces(ListNamespacesRequest.getDefaultInstance()));
  }

  private void initialize(String cluster) throws Exception {
    group
        .node(group.awaitLeader())
        .group()
        .propose(
            ControlCommand.newBuilder()
                .setFormatVersion(1)
                .setNowMs(1)
                .setInitCluster(
                    InitClusterCommand.newBuilder()
                        .setClusterId(cluster)
                        .setClusterName("c")
                        .setShardCount(1)
                        .setReplicationFactor(1))
                .build())
        .get(10, TimeUnit.SECONDS)
        .accepted();
  }

  private void as(String cluster, Consumer<AdminServiceBlockingStub> call) {
    try (ControlPlaneClient client =
            new ControlPlaneClient(List.of(group.member(0).address().toString()));
        ClusterMapWatcher watcher = ClusterMapWatcher.start(client, Optional.empty(), cluster)) {
      client.call(
          LIMIT,
          channel -> {
            call.accept(AdminServiceGrpc.newBlockingStub(channel));
            return watcher;
          });
    }
  }

  private static void refused(String why, Runnable call) {
    ByssusException error = assertThrows(ByssusException.class, call::run);
    assertEquals(ErrorCode.WRONG_CLUSTER, error.code());
    assertTrue(error.getMessage().contains(why), error.getMessage());
  }

  @Test
  void whoNamesAnotherClusterIsRefusedAlsoWhereThereIsNoneYet() throws Exception {
    refused("knows no cluster", () -> listNamespacesAs("mine"));
    refused(
        "knows no cluster",
        () -> as("mine", admin -> admin.initCluster(InitClusterRequest.getDefaultInstance())));
    listNamespacesAs("");
    initialize("mine");
    listNamespacesAs("mine");
    listNamespacesAs("");
    refused("is of cluster mine", () -> listNamespacesAs("other"));
  }

  @Test
  void aMemberThatHasHeardOfNoClusterSinceItsStartRefusesNobodyForIt() throws Exception {
    group.close();
    group = new TestGroup(directory.resolve("three"), 3, "127.0.0.1:1").startAll();
    initialize("mine");
    group.awaitAgreement();
    group.stopAll();
    group.start(0);
    ByssusException error = assertThrows(ByssusException.class, () -> listNamespacesAs("mine"));
    assertEquals(ErrorCode.CONTROL_PLANE_UNAVAILABLE, error.code());
    group.start(1);
    group.awaitLeader();
    listNamespacesAs("mine");
  }
}
