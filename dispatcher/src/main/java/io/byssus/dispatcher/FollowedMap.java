package io.byssus.dispatcher;

import io.byssus.clustermap.ClusterImage;
import io.byssus.clustermap.ClusterMapWatcher;
import io.byssus.clustermap.WatchedMap;
import io.byssus.proto.internal.v1.MapChange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The map that a dispatcher follows, as others may follow it from here: remembers the latest steps,
 * so that a watcher need not be sent all of it again.
 */
final class FollowedMap implements WatchedMap {
  /** The changes kept, beside those of the newest step. */
  private static final int MAX_CHANGES = 1_000;

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Deque<Move> moves = new ArrayDeque<>();
  private int changes;
  private ClusterImage image;

  private record Move(long from, long to, List<MapChange> changes) {}

  FollowedMap(ClusterImage image) {
    this.image = image;
  }

  /** Follows a watcher as long as that runs. */
  static FollowedMap of(ClusterMapWatcher map) {
    FollowedMap followed = new FollowedMap(map.current());
    map.listen(followed::moveTo);
    return followed;
  }

  /** There is a newer map. */
  void moveTo(ClusterImage next) {
    synchronized (this) {
      if (next.revision() == image.revision()) {
        return;
      }
      Optional<List<MapChange>> way = image.changesTo(next);
      if (way.isPresent()) {
        moves.addLast(new Move(image.revision(), next.revision(), way.get()));
        changes += way.get().size();
      } else {
        moves.clear();
        changes = 0;
      }
      while (changes > MAX_CHANGES && moves.size() > 1) {
        changes -= moves.removeFirst().changes.size();
      }
      image = next;
    }
    listeners.forEach(Runnable::run);
  }

  @Override
  public synchronized ClusterImage image() {
    return image;
  }

  @Override
  public synchronized Optional<Step> stepFrom(long revision) {
    if (revision == image.revision()) {
      return Optional.of(new Step(revision, List.of()));
    }
    List<MapChange> way = new ArrayList<>();
    boolean known = false;
    for (Move move : moves) {
      known |= move.from == revision;
      if (known) {
        way.addAll(move.changes);
      }
    }
    return known ? Optional.of(new Step(image.revision(), way)) : Optional.empty();
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }
}
