package io.byssus.controlplane.state;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.InitClusterCommand;
import io.byssus.proto.internal.v1.LogReadyCommand;
import io.byssus.proto.internal.v1.MapChange;
import java.util.List;

/**
 * The control plane's rules, as two pure functions: {@link #decide} turns a command into changes or
 * a rejection and changes nothing; {@link #replay} alone makes a new state. Leader, follower and
 * recovering member run both on every committed command, in the order of the Raft log, and so come
 * to the same state.
 *
 * <p>What a command means is fixed once a release has written it into a Raft log: new behaviour is
 * a new field or command under a new format version.
 */
public final class ControlPlaneStateMachine {
  /** The format of the commands that this release writes, and the highest that it reads. */
  public static final int COMMAND_FORMAT = 1;

  /** How many shards one command may assign; a larger plan is cut into several. */
  public static final int MAX_PLANNED_SHARDS = 1_024;

  /** The incarnation of a log that was never re-created, restored or cut. */
  static final int FIRST_INCARNATION = 1;

  private ControlPlaneStateMachine() {}

  /**
   * What a command comes to.
   *
   * @throws IllegalArgumentException where this release does not know the command: the caller must
   *     halt and not guess
   */
  public static Decision decide(ControlPlaneState state, ControlCommand command) {
    if (command.getFormatVersion() < 1 || command.getFormatVersion() > COMMAND_FORMAT) {
      throw new IllegalArgumentException(
          "the command's format is "
              + Integer.toUnsignedString(command.getFormatVersion())
              + "; this release reads 1 to "
              + COMMAND_FORMAT);
    }
    try {
      return new Decision.Accepted(changes(state, command));
    } catch (ByssusException rejection) {
      return new Decision.Rejected(rejection);
    }
  }

  private static List<MapChange> changes(ControlPlaneState state, ControlCommand command) {
    ClusterImage image = state.image();
    long now = command.getNowMs();
    return switch (command.getCommandCase()) {
      case INIT_CLUSTER -> initCluster(image, command.getInitCluster());
      case LOG_READY -> logReady(image, command.getLogReady());
      case REGISTER_NODE -> NodeRules.register(image, command.getRegisterNode(), now);
      case CHANGE_NODE -> NodeRules.change(image, command.getChangeNode(), now);
      case DEREGISTER_NODE -> NodeRules.deregister(image, command.getDeregisterNode(), now);
      case CREATE_NAMESPACE -> NamespaceLifecycle.create(state, command.getCreateNamespace(), now);
      case UPDATE_NAMESPACE -> NamespaceLifecycle.update(image, command.getUpdateNamespace());
      case DELETE_NAMESPACE -> NamespaceLifecycle.delete(image, command.getDeleteNamespace(), now);
      case UNDELETE_NAMESPACE ->
          NamespaceLifecycle.undelete(image, command.getUndeleteNamespace(), now);
      case ADVANCE_DROP -> NamespaceLifecycle.advance(image, command.getAdvanceDrop(), now);
      case ASSIGN_SHARDS -> ShardRules.assign(image, command.getAssignShards());
      case COMMAND_NOT_SET -> throw new IllegalArgumentException("the command is not known");
    };
  }

  /** The state after some changes: the revision rises by one with each. */
  public static ControlPlaneState replay(ControlPlaneState state, List<MapChange> changes) {
    if (changes.isEmpty()) {
      return state;
    }
    int nextNamespaceId = state.nextNamespaceId();
    for (MapChange change : changes) {
      if (change.hasNamespace()) {
        nextNamespaceId =
            Math.max(nextNamespaceId, change.getNamespace().getRules().getNamespaceId() + 1);
      }
    }
    ClusterImage image = state.image();
    return new ControlPlaneState(
        image.with(image.revision() + changes.size(), changes), nextNamespaceId);
  }

  private static List<MapChange> initCluster(ClusterImage image, InitClusterCommand command) {
    RequestChecks.initCluster(command);
    int expected =
        command.getExpectedServers() == 0
            ? command.getReplicationFactor()
            : command.getExpectedServers();
    Cluster wanted =
        Cluster.newBuilder()
            .setClusterId(command.getClusterId())
            .setName(command.getClusterName())
            .setShardCount(command.getShardCount())
            .setReplicationFactor(command.getReplicationFactor())
            .setExpectedServers(expected)
            .setLogReplicationFactor(command.getLogReplicationFactor())
            .setLogFormatVersion(command.getLogFormatVersion())
            .build();
    if (image.cluster().isEmpty()) {
      return List.of(MapChange.newBuilder().setCluster(wanted).build());
    }
    Cluster present = image.cluster().get();
    if (!settings(present).equals(settings(wanted))) {
      throw new ByssusException(
          ErrorCode.CLUSTER_EXISTS,
          "the cluster was initialised before with " + described(settings(present)));
    }
    return List.of();
  }

  /** What an administrator chose, without what the control plane added. */
  private static Cluster settings(Cluster cluster) {
    return cluster.toBuilder().clearClusterId().clearLog().clearLogFormatVersion().build();
  }

  private static String described(Cluster cluster) {
    return "name "
        + cluster.getName()
        + ", "
        + cluster.getShardCount()
        + " shards, replication factor "
        + cluster.getReplicationFactor()
        + ", "
        + cluster.getExpectedServers()
        + " expected servers, log replication factor "
        + (cluster.getLogReplicationFactor() == 0
            ? "as the brokers are set"
            : cluster.getLogReplicationFactor());
  }

  private static List<MapChange> logReady(ClusterImage image, LogReadyCommand command) {
    Cluster cluster = RequestChecks.initialised(image);
    if (!cluster.hasLog()) {
      return List.of(
          MapChange.newBuilder().setCluster(cluster.toBuilder().setLog(command.getLog())).build());
    }
    if (!cluster.getLog().equals(command.getLog())) {
      throw new ByssusException(
          ErrorCode.LOG_REFUSED,
          "the cluster's log is topic "
              + cluster.getLog().getTopicId()
              + " of Kafka cluster "
              + cluster.getLog().getKafkaClusterId()
              + ", not topic "
              + command.getLog().getTopicId()
              + " of Kafka cluster "
              + command.getLog().getKafkaClusterId());
    }
    return List.of();
  }
}
