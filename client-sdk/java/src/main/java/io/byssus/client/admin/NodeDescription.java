package io.byssus.client.admin;

import java.util.Map;

/**
 * A node as the control plane sees it.
 *
 * @param id from its configuration
 * @param role what it does
 * @param address the gRPC address that it advertises, host:port
 * @param up whether it is up
 * @param leader whether it is the control plane's leader
 * @param replicas how many replicas it is to hold
 * @param labels from its configuration
 */
public record NodeDescription(
    String id,
    NodeRole role,
    String address,
    boolean up,
    boolean leader,
    int replicas,
    Map<String, String> labels) {
  /** Copies the map. */
  public NodeDescription {
    labels = Map.copyOf(labels);
  }
}
