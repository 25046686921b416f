package io.byssus.dispatcher;

import io.byssus.process.HostPort;
import io.byssus.process.ProcessLifecycle;
import io.byssus.process.Readiness;
import java.io.IOException;

/**
 * A dispatcher as an ordinary object, of which many may live in one JVM. Needs no other process to
 * be up; it says what it waits for.
 */
public final class DispatcherNode implements AutoCloseable {
  private final ProcessLifecycle lifecycle;
  private final HostPort address;
  private final HostPort metricsAddress;

  DispatcherNode(ProcessLifecycle lifecycle, HostPort address, HostPort metricsAddress) {
    this.lifecycle = lifecycle;
    this.address = address;
    this.metricsAddress = metricsAddress;
  }

  /**
   * Starts a dispatcher; returns when it listens, which is before it serves.
   *
   * @throws IOException if a port is taken, or the data directory cannot be used
   */
  public static DispatcherNode start(DispatcherConfig config) throws IOException {
    Readiness readiness = new Readiness();
    return new DispatcherAssembly(config, readiness, new ProcessLifecycle(readiness)).start();
  }

  /** Where gRPC listens. */
  public HostPort address() {
    return address;
  }

  /** Where {@code /metrics} and {@code /healthz} are served. */
  public HostPort metricsAddress() {
    return metricsAddress;
  }

  /** Stops in good order: refuses new calls, finishes those in hand, flushes, deregisters. */
  @Override
  public void close() {
    lifecycle.stop();
  }
}
