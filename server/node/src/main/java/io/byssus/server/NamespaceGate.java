package io.byssus.server;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.internal.v1.NamespaceEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Lets reads of namespaces in use pass, and no others. A caller may know that a namespace has been
 * created or taken back before this server's map tells of it: such a read waits for the map, for a
 * second at the most.
 */
final class NamespaceGate {
  /** Reads that may wait for the map. */
  static final int MOST_WAITING = 1_024;

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Supplier<ClusterImage> map;
  private final ReadWaits waits;
  private final Map<CompletableFuture<Void>, Integer> waiting = new HashMap<>();

  NamespaceGate(Supplier<ClusterImage> map, ReadWaits waits) {
    this.map = map;
    this.waits = waits;
  }

  /** Takes note that there is a newer map. */
  void mapChanged() {
    ClusterImage image = map.get();
    List<CompletableFuture<Void>> told = new ArrayList<>();
    synchronized (waiting) {
      waiting.forEach(
          (read, namespaceId) -> {
            if (!mayComeIntoUse(image, namespaceId)) {
              told.add(read);
            }
          });
      told.forEach(waiting::remove);
    }
    told.forEach(read -> read.complete(null));
  }

  /** Whether reads of a namespace pass without waiting for the map. */
  boolean isOpen(int namespaceId) {
    return map.get().namespace(namespaceId).filter(ClusterImage::isActive).isPresent();
  }

  /** Completes where the namespace is in use. Fails with NAMESPACE_NOT_FOUND or OVERLOADED. */
  CompletableFuture<Void> pass(int namespaceId) {
    ClusterImage image = map.get();
    if (!mayComeIntoUse(image, namespaceId)) {
      return verdict(namespaceId, image.namespace(namespaceId));
    }
    return waits
        .until(waitForMap(namespaceId), PATIENCE)
        .thenCompose(told -> verdict(namespaceId, map.get().namespace(namespaceId)));
  }

  private static CompletableFuture<Void> verdict(int id, Optional<NamespaceEntry> entry) {
    return entry.isPresent() && ClusterImage.isActive(entry.get())
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.failedFuture(notInUse(id, entry));
  }

  /** Whether a later map may say so. Ids are given in rising order and stay in the map. */
  private static boolean mayComeIntoUse(ClusterImage image, int namespaceId) {
    Optional<NamespaceEntry> known = image.namespace(namespaceId);
    return known.isPresent()
        ? known.get().getState() == NamespaceState.DELETED
        : image.namespaces().stream()
            .allMatch(
                entry ->
                    Integer.compareUnsigned(entry.getRules().getNamespaceId(), namespaceId) < 0);
  }

  private Waiting<Void> waitForMap(int namespaceId) {
    CompletableFuture<Void> told = new CompletableFuture<>();
    synchronized (waiting) {
      if (waiting.size() >= MOST_WAITING) {
        return Waiting.failed(
            new ByssusException(
                ErrorCode.OVERLOADED,
                MOST_WAITING
                    + " reads of namespaces not in use wait for the map already, the most"
                    + " allowed"));
      }
      waiting.put(told, namespaceId);
    }
    // The map may have come between.
    mapChanged();
    return new Waiting<>(
        told,
        () -> {
          synchronized (waiting) {
            waiting.remove(told);
          }
        },
        () -> notInUse(namespaceId, map.get().namespace(namespaceId)));
  }

  private static ByssusException notInUse(int namespaceId, Optional<NamespaceEntry> entry) {
    return new ByssusException(
        ErrorCode.NAMESPACE_NOT_FOUND,
        entry
            .map(known -> "namespace '" + known.getRules().getName() + "' is deleted")
            .orElseGet(
                () -> "there is no namespace of id " + Integer.toUnsignedString(namespaceId)));
  }
}
