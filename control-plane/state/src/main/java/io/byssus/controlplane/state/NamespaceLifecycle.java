package io.byssus.controlplane.state;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.internal.v1.AdvanceDropCommand;
import io.byssus.proto.internal.v1.CreateNamespaceCommand;
import io.byssus.proto.internal.v1.DeleteNamespaceCommand;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.UndeleteNamespaceCommand;
import io.byssus.proto.internal.v1.UpdateNamespaceCommand;
import io.byssus.proto.log.v1.NamespaceRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A namespace's life: ACTIVE, then DELETED (and back, for a while), DROPPING, DROPPED. Its name is
 * free for another from DELETED on; its id never is. Pure: image and command in, changes out.
 */
final class NamespaceLifecycle {
  private NamespaceLifecycle() {}

  static List<MapChange> create(
      ControlPlaneState state, CreateNamespaceCommand command, long nowMs) {
    NamespaceSpec spec = NamespaceSpecs.completed(command.getSpec());
    RequestChecks checks = new RequestChecks();
    NamespaceSpecs.check(spec, checks);
    checks.done();
    ClusterImage image = state.image();
    RequestChecks.initialised(image);
    if (image.namespace(spec.getName()).isPresent()) {
      throw exists(spec.getName());
    }
    RequestChecks.roomForNamespace(image);
    return changed(
        NamespaceEntry.newBuilder()
            .setRules(NamespaceSpecs.rules(spec, state.nextNamespaceId(), 1))
            .setReadDefaults(spec.getReadDefaults())
            .setState(NamespaceState.ACTIVE)
            .setCreatedMs(nowMs)
            .build());
  }

  static List<MapChange> update(ClusterImage image, UpdateNamespaceCommand command) {
    NamespaceSpec spec = NamespaceSpecs.completed(command.getSpec());
    RequestChecks checks = new RequestChecks();
    NamespaceSpecs.check(spec, checks);
    Optional<NamespaceEntry> found = image.namespace(spec.getName());
    found.ifPresent(
        entry ->
            checks.require(
                spec.getConflictRule() == entry.getRules().getConflictRule(),
                "spec.conflict_rule",
                "cannot be changed; is " + entry.getRules().getConflictRule()));
    checks.done();
    NamespaceEntry present = found.orElseThrow(() -> image.namespaceNotFound(spec.getName()));
    if (NamespaceSpecs.of(present).equals(spec)) {
      return List.of();
    }
    long version = present.getRules().getVersion();
    long expected = command.getExpectedRulesVersion();
    if (expected != 0 && expected != version) {
      throw new ByssusException(
          ErrorCode.NAMESPACE_CHANGED,
          "namespace '"
              + spec.getName()
              + "' was changed: its rules version is "
              + Long.toUnsignedString(version)
              + ", not "
              + Long.toUnsignedString(expected));
    }
    // Also where only reads are concerned, which is no matter of the shards: so that of two who
    // change a namespace as they both saw it, one is told of the other.
    NamespaceRules rules =
        NamespaceSpecs.rules(spec, present.getRules().getNamespaceId(), version + 1);
    return changed(
        present.toBuilder().setRules(rules).setReadDefaults(spec.getReadDefaults()).build());
  }

  static List<MapChange> delete(ClusterImage image, DeleteNamespaceCommand command, long nowMs) {
    NamespaceEntry present =
        image
            .namespace(command.getName())
            .orElseThrow(() -> image.namespaceNotFound(command.getName()));
    return changed(
        present.toBuilder()
            .setState(NamespaceState.DELETED)
            .setDeletedMs(nowMs)
            .setDeletedRevision(image.revision() + 1)
            .setUndeleteUntilMs(nowMs + command.getGraceMs())
            .build());
  }

  static List<MapChange> undelete(
      ClusterImage image, UndeleteNamespaceCommand command, long nowMs) {
    NamespaceEntry deleted =
        image
            .deletedNamespace(command.getName())
            .filter(entry -> nowMs < entry.getUndeleteUntilMs())
            .orElseThrow(
                () ->
                    new ByssusException(
                        ErrorCode.NAMESPACE_NOT_FOUND,
                        "no namespace '" + command.getName() + "' is deleted and can come back"));
    if (image.namespace(command.getName()).isPresent()) {
      throw exists(command.getName());
    }
    return changed(
        deleted.toBuilder()
            .setState(NamespaceState.ACTIVE)
            .clearDeletedMs()
            .clearDeletedRevision()
            .clearUndeleteUntilMs()
            .build());
  }

  static List<MapChange> advance(ClusterImage image, AdvanceDropCommand command, long nowMs) {
    Optional<NamespaceEntry> found = image.namespace(command.getNamespaceId());
    return switch (command.getTo()) {
      case DROPPING ->
          found
              .filter(entry -> entry.getState() == NamespaceState.DELETED)
              .filter(entry -> nowMs >= entry.getUndeleteUntilMs())
              .map(entry -> changed(dropping(entry, image.revision() + 1)))
              .orElse(List.of());
      case DROPPED ->
          found
              .filter(entry -> entry.getState() == NamespaceState.DROPPING)
              .map(entry -> dropped(image, entry))
              .orElse(List.of());
      case NAMESPACE_STATE_UNSPECIFIED, ACTIVE, DELETED, UNRECOGNIZED ->
          throw ByssusException.invalid(
              "to", "must be DROPPING or DROPPED; is number " + command.getToValue());
    };
  }

  private static NamespaceEntry dropping(NamespaceEntry entry, long revision) {
    return entry.toBuilder()
        .setState(NamespaceState.DROPPING)
        .setDroppingRevision(revision)
        .clearUndeleteUntilMs()
        .build();
  }

  /**
   * Servers that were away learn from the map what they still have to drop; so that it does not
   * grow without end, it forgets the oldest of very many.
   */
  private static List<MapChange> dropped(ClusterImage image, NamespaceEntry entry) {
    List<MapChange> changes =
        new ArrayList<>(changed(entry.toBuilder().setState(NamespaceState.DROPPED).build()));
    List<Integer> before =
        image.namespaces().stream()
            .filter(other -> other.getState() == NamespaceState.DROPPED)
            .map(other -> other.getRules().getNamespaceId())
            .toList();
    if (before.size() >= RequestChecks.MAX_DROPPED_NAMESPACES) {
      changes.add(MapChange.newBuilder().setNamespaceRemoved(before.get(0)).build());
    }
    return changes;
  }

  private static ByssusException exists(String name) {
    return new ByssusException(ErrorCode.NAMESPACE_EXISTS, "namespace '" + name + "' exists");
  }

  private static List<MapChange> changed(NamespaceEntry entry) {
    return List.of(MapChange.newBuilder().setNamespace(entry).build());
  }
}
