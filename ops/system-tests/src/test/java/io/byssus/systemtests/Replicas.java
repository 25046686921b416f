package io.byssus.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.cluster.ReplicaComparison;
import io.byssus.cluster.ServerView;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Position;
import io.byssus.proto.admin.v1.ReplicaDescription;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.admin.v1.ShardDescription;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** What the servers of a cluster hold, asked of them directly. */
public final class Replicas {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private Replicas() {}

  /**
   * Waits until every replica of every shard is caught up, and compares those of each shard.
   *
   * @return how many records were found equal
   */
  public static long assertEqual(TestCluster cluster) {
    return assertEqual(cluster, shard -> true);
  }

  /** Like {@link #assertEqual(TestCluster)} for some shards. */
  static long assertEqual(TestCluster cluster, Predicate<ShardDescription> which) {
    ReplicaComparison comparison = new ReplicaComparison();
    for (ShardDescription shard : cluster.describeShards().stream().filter(which).toList()) {
      List<ReplicaDescription> replicas = shard.getReplicasList();
      try (ServerView one = view(cluster, replicas.get(0).getNodeId());
          ServerView other = view(cluster, replicas.get(1).getNodeId())) {
        one.awaitCaughtUp(Map.of(shard.getShard(), Position.NONE), LIMIT);
        other.awaitCaughtUp(Map.of(shard.getShard(), Position.NONE), LIMIT);
        assertEquals(
            "",
            comparison
                .difference(
                    one.dump(shard.getShard(), 0, LIMIT), other.dump(shard.getShard(), 0, LIMIT))
                .orElse(""),
            "shard " + shard.getShard());
      }
    }
    return comparison.records();
  }

  /** How many records of a namespace all replicas hold together. */
  static long recordsOf(TestCluster cluster, int namespaceId) {
    long count = 0;
    for (ShardDescription shard : cluster.describeShards()) {
      for (ReplicaDescription replica : shard.getReplicasList()) {
        try (ServerView server = view(cluster, replica.getNodeId())) {
          for (var piece = server.dump(shard.getShard(), 0, LIMIT); piece.hasNext(); ) {
            count +=
                piece.next().getRecordsList().stream()
                    .filter(record -> record.getNamespaceId() == namespaceId)
                    .count();
          }
        }
      }
    }
    return count;
  }

  static ServerView view(TestCluster cluster, String server) {
    return new ServerView(cluster.processes().address(server));
  }

  /**
   * Waits until the control plane has heard that every replica of some shards has halted.
   *
   * @param reason the name that it must give, as a regular expression
   */
  static void awaitHalted(TestCluster cluster, Predicate<ShardDescription> which, String reason) {
    Awaitility.await("replicas halted: " + reason)
        .atMost(LIMIT)
        // It may still be starting.
        .ignoreExceptionsMatching(
            failure ->
                failure instanceof ByssusException error
                    && error.code() == ErrorCode.CONTROL_PLANE_UNAVAILABLE)
        .untilAsserted(
            () -> {
              List<ShardDescription> shards =
                  cluster.describeShards().stream().filter(which).toList();
              assertTrue(!shards.isEmpty(), "there are such shards");
              for (ShardDescription shard : shards) {
                for (ReplicaDescription replica : shard.getReplicasList()) {
                  assertEquals(ReplicaState.HALTED, replica.getState(), replica.toString());
                  assertTrue(
                      replica.getHaltReason().matches(reason + ": .*"), replica.getHaltReason());
                }
              }
            });
  }
}
