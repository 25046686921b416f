package io.byssus.controlplane.node;

import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import io.byssus.clustermap.ClusterIdHeader;
import io.byssus.clustermap.WatchHub;
import io.byssus.controlplane.state.PlacementPlanner;
import io.byssus.process.DataDirectory;
import io.byssus.process.GrpcListener;
import io.byssus.process.HostPort;
import io.byssus.process.MetricsEndpoint;
import io.byssus.process.ProcessLifecycle;
import io.byssus.process.ProcessMetrics;
import io.byssus.process.Readiness;
import io.byssus.proto.internal.v1.ControlPlaneServiceGrpc;
import io.byssus.proto.internal.v1.LogReadyCommand;
import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of the control plane: puts its parts together and takes them apart. Needs nobody else to
 * be up; it is ready while it knows a leader.
 */
public final class ControlPlaneNode implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControlPlaneNode.class);
  // Enough for a watcher that was away for some minutes; beyond it is sent the whole map.
  private static final int HISTORY_CHANGES = 20_000;
  private static final int MOST_CALLS = 16_384;
  private static final Duration LONGEST_TURN = Duration.ofMillis(500);
  private static final Duration COMMIT_LIMIT = Duration.ofSeconds(10);
  private static final Duration READINESS_PAUSE = Duration.ofMillis(100);

  private final ProcessLifecycle lifecycle;
  private final Readiness readiness;
  private final ControlPlaneConfig config;
  private final Clock clock = Clock.systemUTC();
  private final LongSupplier nanos = System::nanoTime;
  private final HaltSwitch halt = new HaltSwitch();
  private final ReplicatedState state = new ReplicatedState(halt, HISTORY_CHANGES);
  private final VoteGate votes;
  private volatile RaftGroup group;
  private HostPort address;
  private HostPort metricsAddress;

  private ControlPlaneNode(
      ControlPlaneConfig config, Readiness readiness, ProcessLifecycle lifecycle) {
    this.config = config;
    this.readiness = readiness;
    this.lifecycle = lifecycle;
    this.votes = new VoteGate(config.self().peer());
  }

  /**
   * Starts a member inside this JVM. Where it has to halt it says so and stays; the JVM goes on.
   *
   * @throws IOException where the data directory is in use or another member's, or an address is
   *     taken
   */
  public static ControlPlaneNode start(ControlPlaneConfig config) throws IOException {
    Readiness readiness = new Readiness();
    return start(
        config, readiness, new ProcessLifecycle(readiness), () -> {}, UnaryOperator.identity());
  }

  /**
   * Starts a member.
   *
   * @param haltProcess is run when a vote could not be stored: ends the process at once
   * @param disk stands before the storage of term and vote: nothing in a process, faults in tests
   */
  static ControlPlaneNode start(
      ControlPlaneConfig config,
      Readiness readiness,
      ProcessLifecycle lifecycle,
      Runnable haltProcess,
      UnaryOperator<RaftMetaStorage> disk)
      throws IOException {
    ControlPlaneNode node = new ControlPlaneNode(config, readiness, lifecycle);
    try {
      node.startParts(haltProcess, disk);
      return node;
    } catch (IOException | RuntimeException e) {
      lifecycle.stop();
      throw e;
    }
  }

  private void startParts(Runnable haltProcess, UnaryOperator<RaftMetaStorage> disk)
      throws IOException {
    DataDirectory data = lifecycle.closeAtStop("data directory", DataDirectory.open(config.data()));
    MemberStamp.check(data, config);
    ProcessMetrics metrics =
        lifecycle.closeAtStop("metrics", new ProcessMetrics("control-plane", config.nodeId()));
    metricsAddress =
        lifecycle
            .closeAtStop(
                "metrics endpoint",
                MetricsEndpoint.start(config.process().metrics(), metrics, readiness))
            .address();
    LeaseTable leases = new LeaseTable(config.lease(), nanos.getAsLong());
    state.onLeadership(term -> leases.begin(nanos.getAsLong()));
    WatchHub watches =
        lifecycle.closeAtStop("watches", new WatchHub(state, this::followsALeader, nanos));
    ControlPlaneMetrics.register(metrics.registry(), state, votes, halt, watches);
    group =
        lifecycle.closeAtStop(
            "Raft",
            RaftGroup.join(
                config.self(),
                config.members(),
                config.raftListen(),
                data.resolve("raft"),
                config.electionTimeout(),
                state,
                new GuardedRaftServices(votes, halt, haltProcess, disk)));
    Leadership leadership = new Leadership(group, state, halt, clock);
    LogProvisioning logProvisioning =
        lifecycle.closeAtStop("log provisioning", logProvisioning(leadership));
    LeaderLoop loop =
        lifecycle.closeAtStop("leader loop", leaderLoop(leadership, leases, logProvisioning));
    loop.start(shorter(LONGEST_TURN, config.lease().dividedBy(4)));
    AdminService admin =
        new AdminService(
            leadership,
            state,
            logProvisioning,
            new ClusterDescriptions(config.self(), config.members(), group::alive, leases),
            new NamespaceAdmin(leadership, config.namespaceGrace()),
            UUID::randomUUID,
            nanos);
    address =
        lifecycle
            .closeAtStop(
                "gRPC",
                GrpcListener.on(config.process().listen(), readiness, metrics.registry())
                    .name("control-plane")
                    .mostCalls(MOST_CALLS)
                    .service(ofThisCluster(admin))
                    .service(
                        new ControlPlaneService(
                            leadership, leases, config.lease(), watches, halt, nanos))
                    .endless(ControlPlaneServiceGrpc.getWatchMethod())
                    .start())
            .address();
    // Before the port closes, so that watchers are told to go on elsewhere.
    lifecycle.closeAtStop("watch streams", watches::endStreams);
    followReadiness();
  }

  /** Nodes name their cluster in what they ask of the other service. */
  private BindableService ofThisCluster(BindableService service) {
    ServerInterceptor guard = ClusterIdHeader.refusingOthers(this::clusterId);
    return () -> ServerInterceptors.intercept(service, guard);
  }

  /** Until it leads, or has heard of a cluster, a member cannot tell whether there is one. */
  private Optional<String> clusterId() {
    boolean leads = state.leaderTerm() != 0;
    String id = state.image().clusterId();
    return id.isEmpty() && !leads ? Optional.empty() : Optional.of(id);
  }

  private LogProvisioning logProvisioning(Leadership leadership) {
    return new LogProvisioning(
        new LogProvisioner(config.kafkaBootstrap(), config.kafkaProperties(), clock, nanos),
        log ->
            leadership.submit(
                leadership.command().setLogReady(LogReadyCommand.newBuilder().setLog(log)).build(),
                COMMIT_LIMIT),
        nanos);
  }

  private LeaderLoop leaderLoop(
      Leadership leadership, LeaseTable leases, LogProvisioning logProvisioning) {
    return new LeaderLoop(
        state,
        group,
        leadership,
        halt,
        leases,
        new PlacementPlanner(config.replaceAfter()),
        logProvisioning,
        clock,
        nanos);
  }

  /** Raft has no call-back for a leader that is lost for a moment, so it is asked. */
  private void followReadiness() {
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread t = new Thread(task, "readiness");
              t.setDaemon(true);
              return t;
            });
    lifecycle.closeAtStop("readiness", thread::shutdownNow);
    thread.scheduleWithFixedDelay(
        this::tellReadiness, 0, READINESS_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void tellReadiness() {
    try {
      followGroup();
    } catch (Throwable e) {
      // What throws is not run again by the scheduler.
      log.error("Whether this member is ready could not be found out", e);
    }
  }

  private void followGroup() {
    if (halt.state().isPresent()) {
      readiness.waitingFor("an operator; this member has halted: " + halt.state().get());
    } else if (group.leader().isEmpty()) {
      readiness.waitingFor("a leader of the control plane");
    } else {
      readiness.ready();
    }
  }

  private boolean followsALeader() {
    RaftGroup joined = group;
    return joined != null && joined.leader().isPresent() && halt.state().isEmpty();
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** Where it answers gRPC. */
  public HostPort address() {
    return address;
  }

  /** Where it serves its metrics. */
  public HostPort metricsAddress() {
    return metricsAddress;
  }

  /** Whether it serves, and if not, what it waits for. */
  public Readiness.State state() {
    return readiness.state();
  }

  /** Whether it leads. */
  public boolean leads() {
    return state.leaderTerm() != 0;
  }

  RaftGroup group() {
    return group;
  }

  ReplicatedState replicated() {
    return state;
  }

  VoteGate votes() {
    return votes;
  }

  HaltSwitch halted() {
    return halt;
  }

  /** Stops in good order: finishes calls, hands leadership over, closes the Raft log. */
  @Override
  public void close() {
    lifecycle.stop();
  }
}
