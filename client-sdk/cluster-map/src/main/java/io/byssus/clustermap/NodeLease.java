package io.byssus.clustermap;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.ControlPlaneServiceGrpc;
import io.byssus.proto.internal.v1.DeregisterNodeRequest;
import io.byssus.proto.internal.v1.HeartbeatRequest;
import io.byssus.proto.internal.v1.HeartbeatResponse;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.RegisterNodeRequest;
import io.byssus.proto.internal.v1.RegisterNodeResponse;
import io.byssus.proto.internal.v1.ReplicaReport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a server or dispatcher known to the control plane and keeps it so: registers, renews the
 * lease every third of its length, registers anew when the control plane has forgotten the node.
 * While the control plane is away or refuses the node it goes on trying; {@link #refusal} tells why
 * it was refused, so that a process may decide to end.
 */
public final class NodeLease implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeLease.class);

  /**
   * In the metadata of {@link ErrorCode#NODE_ID_IN_USE}: for how long the holder's lease lasts if
   * it is not renewed, milliseconds.
   */
  public static final String LEFT_MS = "lease_left_ms";

  /**
   * In the metadata of {@link ErrorCode#NODE_ID_IN_USE}: how long ago the holder last asked for its
   * lease, milliseconds; absent where it has not asked this leader.
   */
  public static final String HEARD_MS_AGO = "heard_ms_ago";

  private static final Duration REGISTER_LIMIT = Duration.ofSeconds(3);
  private static final Duration DEREGISTER_LIMIT = Duration.ofSeconds(2);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration SHORTEST_CALL = Duration.ofMillis(500);

  private final ControlPlaneClient client;
  private final Node node;
  private final Supplier<String> clusterId;
  private final LongSupplier mapRevision;
  private final Supplier<List<ReplicaReport>> reports;
  private final Thread thread;
  private final long startedNanos = System.nanoTime();

  private final Object changed = new Object();
  private Optional<ByssusException> refusal = Optional.empty();
  private boolean refusalToldAsFault;
  private long askedNanos;
  private long leaseNanos;
  private long renewedNanos;
  private boolean registered;
  private boolean closed;

  /**
   * Starts to register.
   *
   * @param client stays the caller's, to be closed after the lease
   * @param node what the node is; {@code up} and {@code since_ms} are ignored
   * @param clusterId the cluster that the node's data belongs to, asked at each registration; empty
   *     where it has none yet
   * @param mapRevision the revision of the map that the node works by, asked at each heartbeat
   *     before the reports are, so that what they tell is never older
   * @param reports the node's replicas, asked at each heartbeat; none for a dispatcher
   */
  public static NodeLease start(
      ControlPlaneClient client,
      Node node,
      Supplier<String> clusterId,
      LongSupplier mapRevision,
      Supplier<List<ReplicaReport>> reports) {
    NodeLease lease = new NodeLease(client, node, clusterId, mapRevision, reports);
    lease.thread.start();
    return lease;
  }

  private NodeLease(
      ControlPlaneClient client,
      Node node,
      Supplier<String> clusterId,
      LongSupplier mapRevision,
      Supplier<List<ReplicaReport>> reports) {
    this.client = client;
    this.node = node;
    this.clusterId = clusterId;
    this.mapRevision = mapRevision;
    this.reports = reports;
    this.thread = new Thread(this::run, "node-lease");
    thread.setDaemon(true);
  }

  /** Whether the lease holds, by this process' clock. */
  public boolean held() {
    synchronized (changed) {
      return registered && System.nanoTime() - renewedNanos < leaseNanos;
    }
  }

  /**
   * Why the control plane last refused the node: {@link ErrorCode#NODE_ID_IN_USE}, {@link
   * ErrorCode#WRONG_CLUSTER} or {@link ErrorCode#INVALID_REQUEST}. Empty where it did not. A node
   * that was killed and restarts is refused until the lease of its former life has ended: nothing
   * that a person must see to, as long as that one does not renew it.
   */
  public Optional<ByssusException> refusal() {
    synchronized (changed) {
      return refusal;
    }
  }

  /** Waits until the lease is held; false where it was not in time. */
  public boolean awaitHeld(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    synchronized (changed) {
      while (!held()) {
        long remaining = end - System.nanoTime();
        if (remaining <= 0 || closed) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(changed, remaining);
      }
      return true;
    }
  }

  private void run() {
    while (true) {
      Duration pause;
      try {
        pause = registered() ? heartbeat() : register();
      } catch (ByssusException e) {
        pause = failed(e);
      } catch (RuntimeException | Error e) {
        // Without this thread the node would be declared down while it serves.
        log.error("A heartbeat could not be made", e);
        pause = PAUSE;
      }
      if (!sleep(pause)) {
        return;
      }
    }
  }

  private Duration register() {
    RegisterNodeRequest request =
        RegisterNodeRequest.newBuilder().setNode(node).setClusterId(clusterId.get()).build();
    long asked = System.nanoTime();
    synchronized (changed) {
      askedNanos = asked;
    }
    RegisterNodeResponse answer =
        client.call(
            REGISTER_LIMIT,
            channel -> ControlPlaneServiceGrpc.newBlockingStub(channel).registerNode(request));
    log.info("Registered: node={} lease-ms={}", node.getNodeId(), answer.getLeaseMs());
    // The first heartbeat follows at once: it brings the replicas' states.
    renewed(asked, answer.getLeaseMs());
    return Duration.ZERO;
  }

  private Duration heartbeat() {
    HeartbeatRequest request =
        HeartbeatRequest.newBuilder()
            .setNodeId(node.getNodeId())
            .setInstanceId(node.getInstanceId())
            .setMapRevision(mapRevision.getAsLong())
            .addAllReplicas(reports.get())
            .build();
    long asked = System.nanoTime();
    HeartbeatResponse answer =
        client.call(
            callLimit(),
            channel -> ControlPlaneServiceGrpc.newBlockingStub(channel).heartbeat(request));
    renewed(asked, answer.getLeaseMs());
    return Duration.ofMillis(answer.getLeaseMs()).dividedBy(3);
  }

  private Duration failed(ByssusException error) {
    synchronized (changed) {
      switch (error.code()) {
        case NOT_FOUND_IN_CLUSTER -> {
          log.info("The control plane asks to register again: node={}", node.getNodeId());
          registered = false;
          return Duration.ZERO;
        }
        case NODE_ID_IN_USE, WRONG_CLUSTER, INVALID_REQUEST -> {
          tell(error);
          refusal = Optional.of(error);
          registered = false;
        }
        default ->
            log.info(
                "The control plane does not answer, trying on: node={} reason={}",
                node.getNodeId(),
                error.getMessage());
      }
      return PAUSE;
    }
  }

  /** Once for each kind of refusal; what began as a wait may turn out to be a fault. */
  private void tell(ByssusException error) {
    boolean fault = !waitsForFormerLife(error);
    if (refusal.isPresent()
        && refusal.get().code() == error.code()
        && (refusalToldAsFault || !fault)) {
      return;
    }
    refusalToldAsFault = fault;
    if (fault) {
      log.error(
          "The control plane refuses this node: node={} reason={} {}",
          node.getNodeId(),
          error.code(),
          error.getMessage());
    } else {
      log.warn(
          "The lease of this node's former life has not ended, waiting for it: node={} left-ms={}",
          node.getNodeId(),
          error.metadata().get(LEFT_MS));
    }
  }

  /**
   * Whether a refusal may be about a process that is gone, because nobody has heard of it since
   * this one began: its id then is free when its lease ends. Counted from when the question was
   * asked, which is before the leader looked: so what it heard earlier never seems later.
   */
  private boolean waitsForFormerLife(ByssusException error) {
    if (!error.metadata().containsKey(LEFT_MS)) {
      return false;
    }
    String heard = error.metadata().get(HEARD_MS_AGO);
    if (heard == null) {
      return true;
    }
    long heardMs = Long.parseLong(heard);
    return heardMs >= TimeUnit.NANOSECONDS.toMillis(askedNanos - startedNanos);
  }

  private void renewed(long askedNanos, long leaseMillis) {
    synchronized (changed) {
      registered = true;
      refusal = Optional.empty();
      leaseNanos = TimeUnit.MILLISECONDS.toNanos(leaseMillis);
      // Counted from before the call: the leader's lease ends later than this one, never earlier.
      renewedNanos = askedNanos;
      changed.notifyAll();
    }
  }

  private boolean registered() {
    synchronized (changed) {
      return registered;
    }
  }

  private Duration callLimit() {
    synchronized (changed) {
      Duration half = Duration.ofNanos(leaseNanos / 2);
      return half.compareTo(SHORTEST_CALL) < 0 ? SHORTEST_CALL : half;
    }
  }

  private boolean sleep(Duration pause) {
    long end = System.nanoTime() + pause.toNanos();
    synchronized (changed) {
      try {
        for (long left = pause.toNanos(); !closed && left > 0; left = end - System.nanoTime()) {
          TimeUnit.NANOSECONDS.timedWait(changed, left);
        }
        return !closed;
      } catch (InterruptedException e) {
        return false;
      }
    }
  }

  /** Gives the lease back, as far as the control plane can be reached within 2 s. */
  @Override
  public void close() {
    synchronized (changed) {
      closed = true;
      changed.notifyAll();
    }
    thread.interrupt();
    try {
      thread.join();
      if (registered()) {
        deregister();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void deregister() {
    DeregisterNodeRequest request =
        DeregisterNodeRequest.newBuilder()
            .setNodeId(node.getNodeId())
            .setInstanceId(node.getInstanceId())
            .build();
    try {
      client.call(
          DEREGISTER_LIMIT,
          channel -> ControlPlaneServiceGrpc.newBlockingStub(channel).deregisterNode(request));
      log.info("Deregistered: node={}", node.getNodeId());
    } catch (ByssusException e) {
      log.info("Could not deregister; the lease will end: node={}", node.getNodeId());
    }
  }
}
