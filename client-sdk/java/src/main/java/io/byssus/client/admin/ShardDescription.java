package io.byssus.client.admin;

import java.util.List;

/**
 * A shard as the control plane sees it.
 *
 * @param shard the number: 0 to shard count − 1
 * @param incarnation the log's incarnation
 * @param epoch rises with every change of the assignment
 * @param feedOwner the node that acts for all replicas; empty while none is up
 * @param replicas its replicas
 */
public record ShardDescription(
    int shard, int incarnation, long epoch, String feedOwner, List<ReplicaDescription> replicas) {
  /** Copies the list. */
  public ShardDescription {
    replicas = List.copyOf(replicas);
  }
}
