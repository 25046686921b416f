package io.byssus.controlplane.state;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.proto.internal.v1.AssignShardsCommand;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.PlannedShard;
import io.byssus.proto.internal.v1.ShardAssignment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** How shards are given to nodes. Pure: image and command in, changes out. */
final class ShardRules {
  private ShardRules() {}

  /**
   * A plan is made from an image that may have changed before the plan was committed: a shard whose
   * epoch is another by now is left for the next plan.
   */
  static List<MapChange> assign(ClusterImage image, AssignShardsCommand command) {
    int shardCount = RequestChecks.initialised(image).getShardCount();
    RequestChecks.planSize(command.getShardsCount());
    List<MapChange> changes = new ArrayList<>();
    for (PlannedShard planned : command.getShardsList()) {
      RequestChecks.plannedShard(image, planned, shardCount);
      Optional<ShardAssignment> present = image.shard(planned.getShard());
      long epoch = present.map(ShardAssignment::getEpoch).orElse(0L);
      if (epoch == planned.getPlannedFromEpoch()) {
        changes.add(MapChange.newBuilder().setShard(next(planned, present)).build());
      }
    }
    checkNoneTwice(command);
    return changes;
  }

  private static ShardAssignment next(PlannedShard planned, Optional<ShardAssignment> present) {
    return ShardAssignment.newBuilder()
        .setShard(planned.getShard())
        .setIncarnation(
            present
                .map(ShardAssignment::getIncarnation)
                .orElse(ControlPlaneStateMachine.FIRST_INCARNATION))
        .setEpoch(planned.getPlannedFromEpoch() + 1)
        .addAllReplicas(planned.getReplicasList())
        .setFeedOwner(planned.getFeedOwner())
        .build();
  }

  private static void checkNoneTwice(AssignShardsCommand command) {
    HashSet<Integer> seen = new HashSet<>();
    for (PlannedShard planned : command.getShardsList()) {
      if (!seen.add(planned.getShard())) {
        throw ByssusException.invalid("shards", "name shard " + planned.getShard() + " twice");
      }
    }
  }
}
