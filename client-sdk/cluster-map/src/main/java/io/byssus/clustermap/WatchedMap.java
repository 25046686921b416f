package io.byssus.clustermap;

import io.byssus.proto.internal.v1.MapChange;
import java.util.List;
import java.util.Optional;

/** A map that others may be told of, step by step; see {@link WatchHub}. */
public interface WatchedMap {
  /** The newest map. */
  ClusterImage image();

  /**
   * The way from a revision to the newest map, or further, where that has changed meanwhile.
   *
   * @return a step without changes where the revision is the newest; empty where it is not known
   *     any more, so that the whole map must be sent
   */
  Optional<Step> stepFrom(long revision);

  /** Calls back after each change; the callback is quick and does not throw. */
  void onChange(Runnable listener);

  /**
   * Changes in order.
   *
   * @param revision the map's revision after them
   */
  record Step(long revision, List<MapChange> changes) {
    public Step {
      changes = List.copyOf(changes);
    }
  }
}
