package io.byssus.dispatcher;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.wal.Wal;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Opens the log once the map says that it is ready, and keeps it open. */
final class LogHost implements AutoCloseable {
  private final Function<Cluster, Wal> opener;
  private final CompletableFuture<Void> lookedAt = new CompletableFuture<>();
  private volatile Optional<Wal> wal = Optional.empty();
  private boolean closed;

  /**
   * A host without a log yet.
   *
   * @param opener opens the log of a cluster; does not wait for it to be reached
   */
  LogHost(Function<Cluster, Wal> opener) {
    this.opener = opener;
  }

  /** Takes note of a map. */
  synchronized void follow(ClusterImage map) {
    if (!closed && wal.isEmpty() && map.logReady()) {
      wal = map.cluster().map(opener);
      wal.ifPresent(opened -> opened.firstLook().thenRun(() -> lookedAt.complete(null)));
    }
  }

  /** Whether the log is open. */
  boolean open() {
    return wal.isPresent();
  }

  /** Completes once the log has been opened and looked at, whatever was seen. */
  CompletableFuture<Void> lookedAt() {
    return lookedAt;
  }

  /**
   * The log.
   *
   * @throws ByssusException CLUSTER_NOT_READY where there is none yet
   */
  Wal wal() {
    return wal.orElseThrow(
        () ->
            new ByssusException(
                ErrorCode.CLUSTER_NOT_READY, "the cluster's log has not been created yet"));
  }

  /** Stops taking records, and waits a few seconds for answers to those handed over. */
  @Override
  public void close() {
    Optional<Wal> open;
    synchronized (this) {
      closed = true;
      open = wal;
    }
    open.ifPresent(Wal::close);
  }
}
