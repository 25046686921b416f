package io.byssus.systemtests.simulation;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.AwaitAppliedRequest;
import io.byssus.proto.internal.v1.AwaitAppliedResponse;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.WatchReplicasResponse;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.Record;
import io.byssus.server.ReplicaSeat;
import io.byssus.storage.Shard;
import io.byssus.storage.ShardIdentity;
import io.byssus.storage.StorageSeat;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** A server: holds the replicas that the map gives it, and answers for them. */
final class SimulatedServer {
  private static final long REPORT_NANOS = 1_000_000_000L;

  private final Simulation simulation;
  private final SimulatedProcess process;
  private final MapWatch watch;
  private final ProcessTimer timer;
  private final Membership membership;
  private final Map<Integer, SimulatedReplica> replicas = new TreeMap<>();

  /** What was stored as the position of a shard when the server died, with that fault planted. */
  private final Map<Integer, byte[]> positionsApart = new HashMap<>();

  private SimulatedWal wal;

  SimulatedServer(Simulation simulation, String name) {
    this.simulation = simulation;
    this.process = simulation.process(name);
    this.timer = new ProcessTimer(process);
    this.watch = new MapWatch(simulation, process, this::follow);
    this.membership =
        new Membership(simulation, process, NodeRole.SERVER, watch, this::membershipReports);
  }

  SimulatedProcess process() {
    return process;
  }

  String id() {
    return process.name();
  }

  ClusterImage map() {
    return watch.image();
  }

  SimulatedWal wal() {
    return wal;
  }

  Membership membership() {
    return membership;
  }

  void start() {
    process.start();
    wal = new SimulatedWal(process, simulation.partitions(), simulation::calm);
    watch.start();
    follow();
    process.after(simulation.schedule().between(0, 1_000), "report", this::report);
    membership.start();
  }

  void crash() {
    process.crash();
    replicas.forEach(
        (number, replica) -> {
          positionsApart.put(number, StorageSeat.header(replica.shard()));
          StorageSeat.crash(replica.shard());
        });
    replicas.clear();
  }

  private List<ReplicaReport> membershipReports() {
    return replicas.values().stream().map(replica -> replica.seat().report(map())).toList();
  }

  private void report() {
    simulation.reported(this, reports());
    process.after(REPORT_NANOS, "report", this::report);
  }

  private WatchReplicasResponse reports() {
    WatchReplicasResponse.Builder reports = WatchReplicasResponse.newBuilder();
    replicas.values().forEach(replica -> reports.addReplicas(replica.seat().report()));
    return reports.build();
  }

  /** Brings the replicas in line with the map, as production's host does. */
  private void follow() {
    ClusterImage map = watch.image();
    if (!map.logReady() || !membership.known()) {
      return;
    }
    Map<Integer, ShardAssignment> mine = new TreeMap<>();
    for (ShardAssignment shard : map.shards()) {
      if (shard.getReplicasList().contains(id())) {
        mine.put(shard.getShard(), shard);
      }
    }
    for (int number : new ArrayList<>(replicas.keySet())) {
      if (!mine.containsKey(number)) {
        SimulatedReplica gone = replicas.remove(number);
        simulation.trace().note("%s gives up shard %d", id(), number);
        gone.end();
        gone.shard().close();
      }
    }
    mine.forEach((number, assignment) -> hold(number, assignment, map.cluster().orElseThrow()));
  }

  private void hold(int number, ShardAssignment assignment, Cluster cluster) {
    SimulatedReplica held = replicas.get(number);
    if (held != null) {
      held.seat().epoch(assignment.getEpoch());
      return;
    }
    String directory = id() + "/" + number;
    byte[] apart = positionsApart.remove(number);
    if (apart != null && simulation.planted(PlantedBug.POSITION_STORED_APART)) {
      simulation.storage().storePositionApart(directory, apart);
    }
    Shard shard =
        simulation
            .storage()
            .open(
                directory,
                new ShardIdentity(
                    cluster.getClusterId(),
                    cluster.getLog().getKafkaClusterId(),
                    cluster.getLog().getTopicId(),
                    number));
    simulation.trace().note("%s opens shard %d at %d", id(), number, shard.nextOffset());
    SimulatedReplica replica =
        new SimulatedReplica(
            simulation,
            this,
            simulation.partitions().get(number),
            new ReplicaSeat(
                number,
                assignment.getEpoch(),
                process::nanoTime,
                shard,
                () -> wal.append(number, simulation.barrier(process)),
                timer,
                simulation.schedule().random()));
    replicas.put(number, replica);
    replica.start();
  }

  /** Reads a record when the replica is as the read wants it. */
  CompletableFuture<GetResponse> get(ShardGetRequest request) {
    SimulatedReplica replica = replica(request.getView().getShard());
    boolean active =
        map().namespace(request.getNamespaceId()).map(ClusterImage::isActive).orElse(false);
    if (!active) {
      throw new ByssusException(
          ErrorCode.NAMESPACE_NOT_FOUND, "no namespace of id " + request.getNamespaceId());
    }
    return replica.ready(request.getView()).thenApply(proven -> get(replica, request, proven));
  }

  private GetResponse get(SimulatedReplica replica, ShardGetRequest request, OptionalLong proven) {
    Shard shard = replica.shard();
    long seen = shard.appliedPosition();
    RecordName name =
        new RecordName(
            request.getNamespaceId(),
            request.getKey().getPartitionKey(),
            request.getKey().getSortKey());
    GetResponse.Builder answer = GetResponse.newBuilder();
    shard
        .get(name.namespaceId(), name.partitionKey(), name.sortKey())
        .ifPresent(
            record ->
                answer.setRecord(
                    Record.newBuilder().setValue(record.value()).setVersion(record.version())));
    answer.setContext(replica.seat().context(seen, proven));
    simulation.guarded(
        () -> simulation.checks().shown(id(), replica.shardNumber(), name, answer.build()));
    return answer.build();
  }

  /** Tells what became of a write, when the replica has come to a position. */
  CompletableFuture<AwaitAppliedResponse> awaitApplied(AwaitAppliedRequest request) {
    SimulatedReplica replica = replica(request.getView().getShard());
    return replica
        .ready(request.getView())
        .thenApply(
            ready ->
                AwaitAppliedResponse.newBuilder()
                    .setAppliedPosition(replica.shard().appliedPosition())
                    .addAllOutcomes(
                        request.getStampsList().stream()
                            .map(stamp -> replica.shard().outcome(ClientWrite.toLog(stamp)))
                            .toList())
                    .build());
  }

  private SimulatedReplica replica(int shard) {
    SimulatedReplica replica = replicas.get(shard);
    if (replica == null) {
      throw new ByssusException(
          ErrorCode.SHARD_NOT_HERE, id() + " holds no replica of shard " + shard);
    }
    return replica;
  }

  Collection<SimulatedReplica> replicas() {
    return Collections.unmodifiableCollection(replicas.values());
  }
}
