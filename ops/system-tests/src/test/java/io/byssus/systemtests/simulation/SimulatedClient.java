package io.byssus.systemtests.simulation;

import com.google.protobuf.ByteString;
import io.byssus.client.ClientSeat;
import io.byssus.client.stamps.WriterSeat;
import io.byssus.model.Position;
import io.byssus.model.ShardHash;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.ReadOptions;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.log.v1.Write;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A client: several lanes, each with one call at a time, on records that all clients share. */
final class SimulatedClient {
  private static final int LANES = 3;

  private final Simulation simulation;
  private final SimulatedProcess process;
  private final ClientSeat seat = new ClientSeat();
  private final WriterSeat writer;
  private final RandomGenerator random;
  private final Workload workload;
  private final Map<Integer, Long> written = new HashMap<>();
  private final Map<RecordName, Long> seen = new HashMap<>();
  private int numbers;
  private int open;

  SimulatedClient(Simulation simulation, String name) {
    this.simulation = simulation;
    this.process = simulation.process(name);
    this.random = simulation.schedule().random();
    this.workload = new Workload(process, random, simulation.justWritten());
    this.writer = new WriterSeat(random, process::nanoTime);
  }

  void start() {
    for (int lane = 0; lane < LANES; lane++) {
      think();
    }
  }

  private void think() {
    long pause =
        simulation.schedule().oneIn(10)
            ? simulation.schedule().between(500, 8_000)
            : simulation.schedule().between(5, 400);
    process.after(pause, "client acts", this::act);
  }

  private void act() {
    if (simulation.calm()) {
      return;
    }
    open++;
    int chance = random.nextInt(100);
    if (chance < 45) {
      write(workload.order());
    } else if (chance < 52) {
      bareWrite(workload.plainOrder());
    } else {
      read();
    }
  }

  private void done() {
    open--;
    think();
  }

  /** How many calls are not answered yet. */
  int open() {
    return open;
  }

  private void write(Workload.Order order) {
    boolean applied = order.decides() || random.nextInt(3) == 0;
    Write kept = order.write().toBuilder().setKeepOutcome(applied).build();
    long allowed =
        simulation.schedule().oneIn(2)
            ? simulation.schedule().between(150, 1_500)
            : simulation.schedule().between(1_500, 12_000);
    new ClientWrite(simulation, this, order.namespace(), kept, applied, allowed, this::done)
        .start();
  }

  /** What people do whose write got no answer: they write the same records anew. */
  void tryAgain(String namespace, Write given) {
    if (simulation.calm() || simulation.schedule().oneIn(2)) {
      return;
    }
    open++;
    Write write = workload.again(namespace, given);
    long allowed = simulation.schedule().between(500, 6_000);
    new ClientWrite(simulation, this, namespace, write, false, allowed, () -> open--).start();
  }

  /** A write without a stamp, sent once. */
  private void bareWrite(Workload.Order order) {
    SimulatedDispatcher dispatcher = simulation.anyDispatcher();
    Duration allowed = Duration.ofNanos(simulation.schedule().between(200, 4_000));
    simulation.then(
        simulation
            .network()
            .call(
                process,
                dispatcher.process(),
                "bare write",
                allowed.toNanos(),
                () ->
                    dispatcher.write(
                        order.namespace(),
                        order.write(),
                        WriteOptions.getDefaultInstance(),
                        allowed)),
        (answer, failure) -> {
          if (failure == null) {
            simulation
                .checks()
                .acknowledged(
                    answer.getShard(),
                    answer.getPosition(),
                    order.write(),
                    process + "'s bare write");
            seat.saw(answer.getShard(), answer.getPosition());
            wrote(answer.getShard(), answer.getPosition() & Position.MAX_OFFSET);
          }
          done();
        });
  }

  private void read() {
    Consistency level =
        switch (random.nextInt(10)) {
          case 0, 1 -> Consistency.EVENTUAL;
          case 2, 3, 4 -> Consistency.SESSION;
          case 5 -> Consistency.BOUNDED;
          default -> Consistency.LINEARIZABLE;
        };
    Workload.Place place = workload.place();
    String namespace = place.namespace();
    int namespaceId = simulation.namespaceId(namespace);
    RecordName name = new RecordName(namespaceId, place.partitionKey(), place.sortKey());
    int shard =
        ShardHash.shard(
            namespaceId, name.partitionKey().toByteArray(), simulation.partitions().size());
    long bound = 100 + random.nextInt(3_000);
    long least = least(level, shard, name, bound);
    GetRequest request =
        GetRequest.newBuilder()
            .setNamespace(namespace)
            .setKey(
                Key.newBuilder().setPartitionKey(name.partitionKey()).setSortKey(name.sortKey()))
            .setOptions(
                ReadOptions.newBuilder()
                    .setConsistency(level)
                    .setMaxStalenessMs(level == Consistency.BOUNDED ? bound : 0)
                    .putAllSessionToken(tokens()))
            .build();
    SimulatedDispatcher dispatcher = simulation.anyDispatcher();
    Duration allowed = Duration.ofNanos(simulation.schedule().between(200, 5_000));
    simulation.then(
        simulation
            .network()
            .call(
                process,
                dispatcher.process(),
                "read",
                allowed.toNanos(),
                () -> dispatcher.read(request, allowed)),
        (answer, failure) -> {
          if (failure == null && !namespace.equals(Workload.EVENTS)) {
            answered(level, least, name, answer);
          }
          done();
        });
  }

  private Map<Integer, Long> tokens() {
    Map<Integer, Long> tokens = new HashMap<>();
    for (LogPartition partition : simulation.partitions()) {
      tokens.put(partition.shard(), seat.token(partition.shard()));
    }
    return tokens;
  }

  private long least(Consistency level, int shard, RecordName name, long boundMillis) {
    return switch (level) {
      case LINEARIZABLE -> simulation.checks().linearizableFloor(shard, name);
      case BOUNDED ->
          simulation
              .checks()
              .acknowledgedBefore(shard, process.nanoTime() - boundMillis * 1_000_000);
      case SESSION -> Math.max(written.getOrDefault(shard, -1L), seen.getOrDefault(name, -1L));
      default -> -1;
    };
  }

  private void answered(Consistency level, long least, RecordName name, GetResponse answer) {
    Invariant promise =
        switch (level) {
          case LINEARIZABLE -> Invariant.LINEARIZABLE_READS_SEE_ALL_BEFORE;
          case BOUNDED -> Invariant.BOUNDED_READS_ARE_FRESH;
          case SESSION -> Invariant.SESSION_READS_SEE_THEIR_SESSION;
          default -> Invariant.READS_SHOW_THE_LOG;
        };
    simulation.count(Tally.Sight.valueOf("READ_" + level.name()));
    int shard = answer.getContext().getShard();
    long position = answer.getContext().getPosition();
    Optional<ByteString> value = Checks.value(answer);
    simulation
        .trace()
        .note(
            "%s reads %s at %s: %s, at %d/%d, least %d",
            process.name(),
            name,
            level.name(),
            value.map(ByteString::toStringUtf8).orElse("none"),
            shard,
            position & Position.MAX_OFFSET,
            least);
    long from = simulation.checks().seen(promise, process.name(), shard, name, least, value);
    seat.saw(shard, position);
    workload.saw(name, answer);
    seen.merge(name, from, Math::max);
    if (level == Consistency.LINEARIZABLE) {
      simulation.checks().sawLinearizably(name, from);
    }
  }

  /** Its write was acknowledged at an offset. */
  void wrote(int shard, long offset) {
    written.merge(shard, offset, Math::max);
  }

  int nextNumber() {
    return ++numbers;
  }

  ClientSeat seat() {
    return seat;
  }

  WriterSeat writer() {
    return writer;
  }

  SimulatedProcess process() {
    return process;
  }
}
