package io.byssus.controlplane.state;

import io.byssus.model.ByssusException;
import io.byssus.proto.internal.v1.MapChange;
import java.util.List;

/** What a command comes to, given a state. */
public sealed interface Decision {
  /** What changes; nothing where the command was rejected. */
  List<MapChange> changes();

  /**
   * The command is granted.
   *
   * @param changes in order; none where everything is as the command wants it
   */
  record Accepted(List<MapChange> changes) implements Decision {
    /** Copies the list. */
    public Accepted {
      changes = List.copyOf(changes);
    }
  }

  /** The command is refused, and nothing changes. */
  record Rejected(ByssusException reason) implements Decision {
    @Override
    public List<MapChange> changes() {
      return List.of();
    }
  }
}
