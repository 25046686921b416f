package io.byssus.dispatcher;

import static io.byssus.dispatcher.TestCluster.failure;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.byssus.model.ErrorCode;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.AdminServiceGrpc.AdminServiceBlockingStub;
import io.byssus.proto.admin.v1.DeleteNamespaceRequest;
import io.byssus.proto.admin.v1.DescribeNamespaceRequest;
import io.byssus.proto.admin.v1.ListNamespacesRequest;
import io.byssus.proto.admin.v1.NamespaceSizes;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.admin.v1.UndeleteNamespaceRequest;
import io.byssus.proto.admin.v1.UpdateNamespaceRequest;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Namespaces administered through a dispatcher. */
class AdminTest {
  private TestCluster cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = new TestCluster(2);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  @Test
  void theLifeOfANamespaceIsPassedOn() {
    UpdateNamespaceRequest update =
        UpdateNamespaceRequest.newBuilder()
            .setSpec(NamespaceSpec.newBuilder().setName(TestCluster.NAMESPACE))
            .build();
    assertEquals(2, admin(5_000).updateNamespace(update).getNamespace().getRulesVersion());
    assertEquals(
        NamespaceState.DELETED,
        admin(5_000)
            .deleteNamespace(
                DeleteNamespaceRequest.newBuilder().setName(TestCluster.NAMESPACE).build())
            .getNamespace()
            .getState());
    assertEquals(0, listed(false));
    assertEquals(1, listed(true));
    assertEquals(ErrorCode.NAMESPACE_NOT_FOUND, failure(() -> sizes(5_000)).code());
    assertEquals(
        NamespaceState.ACTIVE,
        admin(5_000)
            .undeleteNamespace(
                UndeleteNamespaceRequest.newBuilder().setName(TestCluster.NAMESPACE).build())
            .getNamespace()
            .getState());
    assertEquals(1, listed(false));
  }

  @Test
  void sizesAreAddedUpFromOneReplicaOfEachShard() {
    NamespaceSizes sizes = sizes(5_000);
    assertEquals(TestCluster.SHARDS, sizes.getShardCount());
    assertEquals(TestCluster.SHARDS, sizes.getShardsCounted());
    assertEquals(10 * TestCluster.SHARDS, sizes.getRecordsEstimate());
    assertEquals(100 * TestCluster.SHARDS, sizes.getDiskBytes());
  }

  @Test
  void aShardThatOneServerDoesNotHoldIsAskedForAtTheOther() {
    cluster.server(1).failShardWith(0, ErrorCode.SHARD_NOT_HERE);
    cluster.server(2).failShardWith(1, ErrorCode.SHARD_NOT_HERE);
    for (int i = 0; i < 5; i++) {
      assertEquals(TestCluster.SHARDS, sizes(5_000).getShardsCounted());
    }
  }

  @Test
  void whatNobodyTellsInTimeIsLeftOutAndTheCountSaysSo() throws Exception {
    cluster.server(1).failShardWith(3, ErrorCode.SHARD_NOT_HERE);
    cluster.server(2).kill();
    NamespaceSizes partial = sizes(5_000);
    assertEquals(TestCluster.SHARDS - 1, partial.getShardsCounted());
    assertEquals(10 * (TestCluster.SHARDS - 1), partial.getRecordsEstimate());
    cluster.server(1).hang(true);
    NamespaceSizes none = sizes(1_000);
    assertEquals(0, none.getShardsCounted());
    assertEquals(TestCluster.SHARDS, none.getShardCount());
    // The question ends with its time; the server hears of it a moment later.
    TestCluster.await().until(() -> cluster.server(1).cancelled() > 0);
  }

  private int listed(boolean deleted) {
    return admin(5_000)
        .listNamespaces(ListNamespacesRequest.newBuilder().setIncludeDeleted(deleted).build())
        .getNamespacesCount();
  }

  private NamespaceSizes sizes(long deadlineMillis) {
    return admin(deadlineMillis)
        .describeNamespace(
            DescribeNamespaceRequest.newBuilder().setName(TestCluster.NAMESPACE).build())
        .getSizes();
  }

  private AdminServiceBlockingStub admin(long deadlineMillis) {
    return AdminServiceGrpc.newBlockingStub(cluster.channel())
        .withDeadlineAfter(deadlineMillis, TimeUnit.MILLISECONDS);
  }
}
