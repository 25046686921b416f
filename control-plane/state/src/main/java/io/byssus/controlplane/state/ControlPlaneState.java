package io.byssus.controlplane.state;

import io.byssus.clustermap.ClusterImage;
import io.byssus.proto.internal.v1.ControlSnapshot;

/**
 * All that the members of the control plane must agree on. Immutable; equal on all members that
 * have applied the same commands.
 *
 * @param image the map that everyone watches; its revision counts the changes applied
 * @param nextNamespaceId the id of the next namespace: ids are never reused
 */
public record ControlPlaneState(ClusterImage image, int nextNamespaceId) {
  /** The format of the snapshots that this release writes, and the highest that it reads. */
  public static final int SNAPSHOT_FORMAT = 1;

  /** The state before the first command. */
  public static ControlPlaneState initial() {
    return new ControlPlaneState(ClusterImage.empty(), 1);
  }

  /**
   * The state that a snapshot holds.
   *
   * @throws IllegalArgumentException where the snapshot is of a newer format, or of none
   */
  public static ControlPlaneState of(ControlSnapshot snapshot) {
    if (snapshot.getFormatVersion() != SNAPSHOT_FORMAT) {
      throw new IllegalArgumentException(
          "the snapshot's format is "
              + snapshot.getFormatVersion()
              + "; this release reads "
              + SNAPSHOT_FORMAT);
    }
    return new ControlPlaneState(ClusterImage.of(snapshot.getMap()), snapshot.getNextNamespaceId());
  }

  /** The snapshot of this state. Equal states give equal bytes within one release. */
  public ControlSnapshot toSnapshot() {
    return ControlSnapshot.newBuilder()
        .setFormatVersion(SNAPSHOT_FORMAT)
        .setMap(image.toMap())
        .setNextNamespaceId(nextNamespaceId)
        .build();
  }
}
