package io.byssus.wal;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.Cluster;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Opens a cluster's log to write to, once there is one, and keeps it open. Thread-safe. */
public final class LogHost implements AutoCloseable {
  private final Function<Cluster, Wal> opener;
  private final CompletableFuture<Void> lookedAt = new CompletableFuture<>();
  private volatile Optional<Wal> wal = Optional.empty();
  private boolean closed;

  /**
   * A host without a log yet.
   *
   * @param opener opens the log of a cluster; does not wait for it to be reached
   */
  public LogHost(Function<Cluster, Wal> opener) {
    this.opener = opener;
  }

  /** Takes note of what the newest map says of the cluster. */
  public synchronized void follow(Cluster cluster) {
    if (!closed && wal.isEmpty() && cluster.hasLog()) {
      wal = Optional.of(opener.apply(cluster));
      wal.ifPresent(opened -> opened.firstLook().thenRun(() -> lookedAt.complete(null)));
    }
  }

  /** Whether the log is open. */
  public boolean open() {
    return wal.isPresent();
  }

  /** Completes once the log has been opened and looked at, whatever was seen. */
  public CompletableFuture<Void> lookedAt() {
    return lookedAt;
  }

  /**
   * The log.
   *
   * @throws ByssusException CLUSTER_NOT_READY where there is none yet
   */
  public Wal wal() {
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
