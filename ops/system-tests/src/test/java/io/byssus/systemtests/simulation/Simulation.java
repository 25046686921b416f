package io.byssus.systemtests.simulation;

import io.byssus.controlplane.state.Decision;
import io.byssus.model.Limits;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.CreateNamespaceCommand;
import io.byssus.proto.internal.v1.InitClusterCommand;
import io.byssus.proto.internal.v1.LogIdentity;
import io.byssus.proto.internal.v1.LogReadyCommand;
import io.byssus.proto.internal.v1.WatchReplicasResponse;
import io.byssus.proto.log.v1.Barrier;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceDrop;
import io.byssus.proto.log.v1.Tick;
import io.byssus.storage.StorageSeat;
import io.byssus.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** One run: a cluster, its clients and its misfortunes, all from one seed. */
final class Simulation implements AutoCloseable {
  static final int INCARNATION = 1;

  /** How many events at least go by while things go wrong; then all must come to rest. */
  static final int TROUBLED_STEPS = 1_050;

  private static final int STEPS_BETWEEN_LOOKS = 16;
  private static final int MOST_STEPS = 20_000;
  static final String CLUSTER = "c-simulated";
  private static final int SERVERS = 3;
  private static final int DISPATCHERS = 2;
  private static final int CLIENTS = 3;
  private static final long MAX_SKEW_MILLIS = 2_000;

  /** How long after its end a record may be seen, with clocks that differ. */
  private static final long VISIBLE_MILLIS = 2_000 + 2 * MAX_SKEW_MILLIS;

  private final Optional<PlantedBug> bug;
  private final Trace trace = new Trace();
  private final Tally tally = new Tally();
  private final Schedule schedule;
  private final Network network;
  private final StorageSeat storage;
  private final List<LogPartition> partitions = new ArrayList<>();
  private final Checks checks;
  private final ControlPlane controlPlane;
  private final List<SimulatedServer> servers = new ArrayList<>();
  private final List<SimulatedDispatcher> dispatchers = new ArrayList<>();
  private final List<SimulatedClient> clients = new ArrayList<>();
  private final Administrator administrator;
  private final List<Workload.Place> justWritten = new ArrayList<>();
  private boolean calm;
  private RuntimeException failure;

  Simulation(long seed, Optional<PlantedBug> bug) {
    this.bug = bug;
    this.schedule = new Schedule(new Seed(seed).random(), trace);
    this.network = new Network(schedule);
    this.storage =
        new StorageSeat(
            planted(PlantedBug.RECORDS_SKIPPED) ? 37 : 0, planted(PlantedBug.WRITER_WINDOWS_OFF));
    int shards = 1 + random().nextInt(2);
    for (int shard = 0; shard < shards; shard++) {
      partitions.add(new LogPartition(shard, schedule));
    }
    this.checks = new Checks(partitions, schedule, trace, tally);
    this.controlPlane = new ControlPlane(this, 3);
    for (int number = 0; number < SERVERS; number++) {
      servers.add(new SimulatedServer(this, "server-" + number));
    }
    for (int number = 0; number < DISPATCHERS; number++) {
      dispatchers.add(new SimulatedDispatcher(this, "dispatcher-" + number));
    }
    for (int number = 0; number < CLIENTS; number++) {
      clients.add(new SimulatedClient(this, "client-" + number));
    }
    this.administrator = new Administrator(this);
    setUp();
  }

  private void setUp() {
    controlPlane.setUp(
        command ->
            command.setInitCluster(
                InitClusterCommand.newBuilder()
                    .setClusterId(CLUSTER)
                    .setClusterName("simulated")
                    .setShardCount(partitions.size())
                    .setReplicationFactor(2)
                    .setExpectedServers(SERVERS)
                    .setLogReplicationFactor(3)
                    .setLogFormatVersion(Limits.LOG_FORMAT_VERSION)));
    controlPlane.setUp(
        command ->
            command.setLogReady(
                LogReadyCommand.newBuilder()
                    .setLog(
                        LogIdentity.newBuilder()
                            .setTopic("simulated.wal")
                            .setDeadLetterTopic("simulated.wal.dead-letter")
                            .setKafkaClusterId("k")
                            .setTopicId("t"))));
    for (SimulatedServer server : servers) {
      controlPlane.setUp(command -> command.setRegisterNode(server.membership().registration()));
    }
    controlPlane.placeAtOnce();
    createNamespace(Workload.PLACES, ConflictRule.LOG_ORDER);
    createNamespace(Workload.SIGNALS, ConflictRule.VERSION);
    for (LogPartition partition : partitions) {
      partition.append(
          record(schedule.nowMillis())
              .setIncarnationStart(
                  IncarnationStart.newBuilder().setClusterId(CLUSTER).setIncarnation(INCARNATION))
              .build()
              .toByteArray());
      partition.onAppend(() -> wake(partition.shard()));
    }
  }

  private void createNamespace(String name, ConflictRule rule) {
    controlPlane.setUp(
        command ->
            command.setCreateNamespace(
                CreateNamespaceCommand.newBuilder()
                    .setSpec(NamespaceSpec.newBuilder().setName(name).setConflictRule(rule))));
  }

  private static LogRecord.Builder record(long writerTimeMillis) {
    return LogRecord.newBuilder()
        .setFormatVersion(Limits.LOG_FORMAT_VERSION)
        .setWriterTimeMs(writerTimeMillis);
  }

  LogRecord barrier(SimulatedProcess by) {
    return record(by.millis()).setBarrier(Barrier.getDefaultInstance()).build();
  }

  LogRecord drop(SimulatedProcess by, int namespaceId) {
    return record(by.millis())
        .setNamespaceId(namespaceId)
        .setNamespaceDrop(NamespaceDrop.getDefaultInstance())
        .build();
  }

  LogRecord tick(SimulatedProcess by) {
    return record(by.millis()).setTick(Tick.getDefaultInstance()).build();
  }

  /** Runs until all has come to rest; throws where an invariant breaks. */
  void run() {
    controlPlane.start();
    servers.forEach(SimulatedServer::start);
    dispatchers.forEach(SimulatedDispatcher::start);
    clients.forEach(SimulatedClient::start);
    administrator.start();
    Misfortunes misfortunes = new Misfortunes(this);
    misfortunes.start();
    while (schedule.steps() < TROUBLED_STEPS) {
      step();
    }
    calm = true;
    network.heal();
    misfortunes.end();
    while (schedule.steps() % STEPS_BETWEEN_LOOKS != 0 || !atRest()) {
      if (schedule.steps() > MOST_STEPS) {
        throw Invariant.ALL_COMES_TO_REST.broken("after %d steps: %s", MOST_STEPS, unrest());
      }
      step();
    }
    servers.forEach(
        server ->
            server
                .replicas()
                .forEach(
                    replica ->
                        checks.applied(server.id(), replica.shardNumber(), replica.shard(), true)));
  }

  private void step() {
    if (!schedule.step()) {
      throw new IllegalStateException("nothing is left to happen");
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Does something whose failure fails the run, also where the caller would swallow it. */
  void guarded(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      failure = failure == null ? e : failure;
      throw e;
    }
  }

  /** Goes on with what comes of a future, and fails the run where that throws. */
  <T> void then(CompletableFuture<T> future, BiConsumer<T, Throwable> next) {
    future.whenComplete((value, thrown) -> guarded(() -> next.accept(value, thrown)));
  }

  private boolean atRest() {
    return clients.stream().allMatch(client -> client.open() == 0)
        && servers.stream().allMatch(server -> server.process().isUp())
        && administrator.atRest()
        && partitions.stream()
            .allMatch(
                partition ->
                    replicasAtEnd(partition) >= 2
                        && partition.awayNanos() == 0
                        && !partition
                            .reference()
                            .isDueBefore(schedule.nowMillis() - VISIBLE_MILLIS));
  }

  private String unrest() {
    return "calls open: "
        + clients.stream().mapToInt(SimulatedClient::open).sum()
        + ", replicas at the end: "
        + partitions.stream().map(this::replicasAtEnd).toList()
        + ", namespaces: "
        + controlPlane.truth().namespaces()
        + ", servers up: "
        + servers.stream().filter(server -> server.process().isUp()).count()
        + ", map: "
        + controlPlane.truth().shards();
  }

  private long replicasAtEnd(LogPartition partition) {
    return servers.stream()
        .flatMap(server -> server.replicas().stream())
        .filter(replica -> replica.shardNumber() == partition.shard())
        .filter(replica -> replica.shard().nextOffset() == partition.end())
        .count();
  }

  private void wake(int shard) {
    for (SimulatedServer server : servers) {
      for (SimulatedReplica replica : server.replicas()) {
        if (replica.shardNumber() == shard) {
          replica.fetchSoon();
        }
      }
    }
  }

  /** Asks members until one that leads answers. */
  void request(SimulatedProcess from, Consumer<ControlCommand.Builder> body) {
    ControlMember member = controlPlane.anyMember();
    then(
        network.call(
            from,
            member.process(),
            "request",
            3_000_000_000L,
            () -> controlPlane.request(member, body)),
        (decision, thrown) -> {
          if (thrown != null) {
            from.after(schedule.between(50, 400), "request again", () -> request(from, body));
          } else if (decision instanceof Decision.Rejected rejected) {
            trace.note("%s is refused: %s", from.name(), rejected.reason().getMessage());
          }
        });
  }

  /** A server's report goes to every dispatcher. */
  void reported(SimulatedServer from, WatchReplicasResponse report) {
    for (SimulatedDispatcher dispatcher : dispatchers) {
      network.send(
          from.process(),
          dispatcher.process(),
          "report",
          () -> dispatcher.heard(from.id(), report));
    }
  }

  SimulatedProcess process(String name) {
    return new SimulatedProcess(
        name, schedule, random().nextLong(-MAX_SKEW_MILLIS, MAX_SKEW_MILLIS));
  }

  SimulatedServer server(String id) {
    return servers.stream().filter(server -> server.id().equals(id)).findFirst().orElseThrow();
  }

  SimulatedDispatcher anyDispatcher() {
    return dispatchers.get(random().nextInt(dispatchers.size()));
  }

  private RandomGenerator random() {
    return schedule.random();
  }

  boolean planted(PlantedBug which) {
    return bug.isPresent() && bug.get() == which;
  }

  /** Whether nothing goes wrong any more. */
  boolean calm() {
    return calm;
  }

  /** The id of a namespace, as the control plane knows it; 0 where there is none. */
  int namespaceId(String name) {
    return controlPlane
        .truth()
        .namespace(name)
        .map(entry -> entry.getRules().getNamespaceId())
        .orElse(0);
  }

  Schedule schedule() {
    return schedule;
  }

  Tally tally() {
    return tally;
  }

  void count(Tally.Sight sight) {
    tally.count(sight);
  }

  Trace trace() {
    return trace;
  }

  Network network() {
    return network;
  }

  StorageSeat storage() {
    return storage;
  }

  List<LogPartition> partitions() {
    return partitions;
  }

  Checks checks() {
    return checks;
  }

  /** What clients have just written. */
  List<Workload.Place> justWritten() {
    return justWritten;
  }

  ControlPlane controlPlane() {
    return controlPlane;
  }

  List<SimulatedServer> servers() {
    return servers;
  }

  List<SimulatedDispatcher> dispatchers() {
    return dispatchers;
  }

  List<SimulatedClient> clients() {
    return clients;
  }

  @Override
  public void close() {
    for (SimulatedServer server : servers) {
      server.crash();
    }
    storage.close();
  }
}
