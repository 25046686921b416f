package io.byssus.systemtests.simulation;

import io.byssus.clustermap.ClusterImage;
import io.byssus.clustermap.replicas.Replica;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.AwaitAppliedRequest;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.WatchReplicasResponse;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.ResolveRequest;
import io.byssus.proto.kv.v1.ResolveResponse;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriteResponse;
import io.byssus.proto.log.v1.Write;
import io.byssus.wal.Wal;
import io.grpc.MethodDescriptor;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** A dispatcher: production's parts, between the simulated network and the simulated log. */
final class SimulatedDispatcher implements DispatcherSeat.Surroundings {
  private final Simulation simulation;
  private final SimulatedProcess process;
  private final MapWatch watch;
  private final ProcessTimer timer;
  private final Membership membership;
  private final Set<String> heard = new HashSet<>();
  private DispatcherSeat seat;
  private SimulatedWal wal;

  SimulatedDispatcher(Simulation simulation, String name) {
    this.simulation = simulation;
    this.process = simulation.process(name);
    this.timer = new ProcessTimer(process);
    this.watch = new MapWatch(simulation, process, () -> seat.mapChanged());
    this.membership = new Membership(simulation, process, NodeRole.DISPATCHER, watch, List::of);
  }

  SimulatedProcess process() {
    return process;
  }

  void start() {
    process.start();
    wal = new SimulatedWal(process, simulation.partitions(), simulation::calm);
    heard.clear();
    seat =
        new DispatcherSeat(
            this,
            simulation.planted(PlantedBug.EARLY_ACKNOWLEDGEMENT),
            simulation.planted(PlantedBug.READS_ANSWERED_FROM_MEMORY));
    watch.start();
    membership.start();
    seat.mapChanged();
  }

  Membership membership() {
    return membership;
  }

  void crash() {
    process.crash();
  }

  /** A server told how its replicas stand. */
  void heard(String server, WatchReplicasResponse report) {
    seat.board().heard(server, report, heard.add(server));
  }

  CompletableFuture<ResolveResponse> resolve(String namespace, Duration allowed) {
    ResolveRequest request = ResolveRequest.newBuilder().setNamespace(namespace).build();
    return named(() -> seat.resolve(request, allowed));
  }

  CompletableFuture<WriteResponse> write(
      String namespace, Write write, WriteOptions options, Duration allowed) {
    return named(() -> seat.write(namespace, write, options, allowed));
  }

  CompletableFuture<GetResponse> read(GetRequest request, Duration allowed) {
    return named(() -> seat.get(request, allowed));
  }

  @Override
  public <Q, A> CompletableFuture<A> ask(
      Replica replica, MethodDescriptor<Q, A> method, Q question, long timeoutNanos) {
    SimulatedServer server = simulation.server(replica.nodeId());
    CompletableFuture<A> answer = new CompletableFuture<>();
    simulation
        .network()
        .<A>call(
            process,
            server.process(),
            method.getBareMethodName(),
            timeoutNanos,
            () -> answerOf(server, question))
        .whenComplete(
            (value, failure) -> {
              if (failure == null) {
                answer.complete(value);
              } else {
                answer.completeExceptionally(
                    GrpcErrors.fromGrpc(unwrapped(failure), ErrorCode.NO_REPLICA));
              }
            });
    return answer;
  }

  @SuppressWarnings("unchecked")
  private static <Q, A> CompletableFuture<A> answerOf(SimulatedServer server, Q question) {
    if (question instanceof ShardGetRequest get) {
      return (CompletableFuture<A>) server.get(get);
    }
    if (question instanceof AwaitAppliedRequest await) {
      return (CompletableFuture<A>) server.awaitApplied(await);
    }
    throw new IllegalArgumentException("a question that no server is asked here");
  }

  /** Answers with failures as they look on the wire. */
  private static <T> CompletableFuture<T> named(Supplier<CompletableFuture<T>> call) {
    CompletableFuture<T> answer;
    try {
      answer = call.get();
    } catch (ByssusException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<T> wire = new CompletableFuture<>();
    answer.whenComplete(
        (value, failure) -> {
          if (failure == null) {
            wire.complete(value);
          } else if (unwrapped(failure) instanceof ByssusException error) {
            wire.completeExceptionally(GrpcErrors.toGrpc(error));
          } else {
            wire.completeExceptionally(unwrapped(failure));
          }
        });
    return wire;
  }

  static Throwable unwrapped(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? unwrapped(failure.getCause())
        : failure;
  }

  @Override
  public ClusterImage map() {
    return watch.image();
  }

  @Override
  public boolean exists(String namespace) {
    return simulation.controlPlane().truth().namespace(namespace).isPresent();
  }

  @Override
  public Wal wal() {
    return wal;
  }

  @Override
  public Clock clock() {
    return process.clock();
  }

  @Override
  public long nanoTime() {
    return process.nanoTime();
  }

  @Override
  public ScheduledExecutorService timer() {
    return timer;
  }

  @Override
  public RandomGenerator random() {
    return simulation.schedule().random();
  }
}
