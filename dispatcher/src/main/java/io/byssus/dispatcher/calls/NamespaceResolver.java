package io.byssus.dispatcher.calls;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.NamespaceEntry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Finds namespaces by name: in the map, or, where the name is unknown, by asking the control plane
 * once and waiting until the map has caught up. So a namespace can be used through any dispatcher
 * as soon as its creation, or its undeletion, was answered. Its deletion holds here as soon as the
 * map tells of it.
 *
 * <p>No negative answer is remembered: one that is only a moment old may be wrong for a namespace
 * created within it. Instead callers who ask for the same name share a question that has not been
 * sent yet, so that however many ask, a name costs the control plane one question at a time.
 */
public final class NamespaceResolver {
  /** How long the control plane may take to answer, and then the map to catch up. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Supplier<ClusterImage> map;
  private final MapAwait mapAwait;
  private final Directory directory;
  private final Executor executor;
  private final Map<String, CompletableFuture<NamespaceEntry>> unsent = new HashMap<>();

  /** The control plane's word on namespaces. */
  @FunctionalInterface
  public interface Directory {
    /**
     * Whether a namespace of the name exists; blocks.
     *
     * @throws ByssusException CONTROL_PLANE_UNAVAILABLE where nobody could tell in time
     */
    boolean exists(String name, Duration limit);
  }

  /** Waits for a map; see {@link io.byssus.clustermap.ClusterMapWatcher#await}. */
  @FunctionalInterface
  public interface MapAwait {
    /** The first map of which that is true; empty where there is none in time. */
    Optional<ClusterImage> await(Predicate<ClusterImage> test, Duration limit)
        throws InterruptedException;
  }

  /**
   * A resolver.
   *
   * @param executor where questions to the control plane wait and block; bounded
   */
  public NamespaceResolver(
      Supplier<ClusterImage> map, MapAwait mapAwait, Directory directory, Executor executor) {
    this.map = map;
    this.mapAwait = mapAwait;
    this.directory = directory;
    this.executor = executor;
  }

  /**
   * The namespace of a name. Fails NAMESPACE_NOT_FOUND, CONTROL_PLANE_UNAVAILABLE where the name is
   * unknown here and nobody could tell more, OVERLOADED, DEADLINE_PASSED.
   */
  public CompletableFuture<NamespaceEntry> resolve(String name, CallDeadline deadline) {
    Optional<NamespaceEntry> known = map.get().namespace(name);
    if (known.isPresent()) {
      return CompletableFuture.completedFuture(known.get());
    }
    return question(name)
        .copy()
        .orTimeout(deadline.remainingNanos(), TimeUnit.NANOSECONDS)
        .exceptionally(
            failure -> {
              if (failure instanceof TimeoutException) {
                throw new ByssusException(
                    ErrorCode.DEADLINE_PASSED, "namespace '" + name + "' was not found in time");
              }
              throw failure instanceof CompletionException wrapped
                  ? wrapped
                  : new CompletionException(failure);
            });
  }

  private CompletableFuture<NamespaceEntry> question(String name) {
    CompletableFuture<NamespaceEntry> question;
    synchronized (unsent) {
      CompletableFuture<NamespaceEntry> shared = unsent.get(name);
      if (shared != null) {
        return shared;
      }
      question = new CompletableFuture<>();
      unsent.put(name, question);
    }
    try {
      executor.execute(() -> ask(name, question));
    } catch (RejectedExecutionException e) {
      synchronized (unsent) {
        unsent.remove(name);
      }
      question.completeExceptionally(
          new ByssusException(ErrorCode.OVERLOADED, "too many unknown namespaces are asked for"));
    }
    return question;
  }

  private void ask(String name, CompletableFuture<NamespaceEntry> question) {
    synchronized (unsent) {
      unsent.remove(name);
    }
    try {
      question.complete(find(name));
    } catch (ByssusException e) {
      question.completeExceptionally(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      question.completeExceptionally(
          new ByssusException(ErrorCode.SHUTTING_DOWN, "the dispatcher is stopping", e));
    } catch (RuntimeException e) {
      question.completeExceptionally(
          new ByssusException(ErrorCode.INTERNAL_FAULT, "a namespace could not be looked up", e));
    }
  }

  /**
   * Holds a caller to the namespace that it knows.
   *
   * @param expectedId the id that the caller knows the namespace by; 0: any
   * @throws ByssusException NAMESPACE_CHANGED
   */
  public static void checkId(NamespaceEntry namespace, int expectedId) {
    int id = namespace.getRules().getNamespaceId();
    if (expectedId != 0 && expectedId != id) {
      throw new ByssusException(
          ErrorCode.NAMESPACE_CHANGED,
          "namespace '" + namespace.getRules().getName() + "' now has id " + id);
    }
  }

  private NamespaceEntry find(String name) throws InterruptedException {
    if (!exists(name)) {
      throw map.get().namespaceNotFound(name);
    }
    return mapAwait
        .await(image -> image.namespace(name).isPresent(), PATIENCE)
        .flatMap(image -> image.namespace(name))
        .orElseThrow(
            () ->
                new ByssusException(
                    ErrorCode.CONTROL_PLANE_UNAVAILABLE,
                    "namespace '" + name + "' exists, but this dispatcher's map is behind"));
  }

  /**
   * A namespace that is deleted by the map may have come back; while nobody can tell, it has not.
   */
  private boolean exists(String name) {
    try {
      return directory.exists(name, PATIENCE);
    } catch (ByssusException e) {
      if (map.get().deletedNamespace(name).isPresent()) {
        return false;
      }
      throw e;
    }
  }
}
