package io.byssus.systemtests.history;

import io.byssus.client.ByssusClient;
import io.byssus.client.ByssusClientException;
import io.byssus.client.Consistency;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.ReadOptions;
import io.byssus.client.WriteOptions;
import io.byssus.client.WriteResult;
import io.byssus.cluster.ClusterProcesses;
import io.byssus.cluster.ServerView;
import io.byssus.model.ByssusException;
import io.byssus.proto.admin.v1.ShardDescription;
import io.byssus.systemtests.FaultSuite;
import io.byssus.systemtests.TestCluster;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Kills, one thing after the other on a cluster at rest, and measures how long each is missed. */
final class RecoveryTimes {
  /** The kills of {@link #measure}, by kind. */
  static final Map<String, Integer> FAULTS =
      Map.of("SIGKILL of SERVER", 1, "SIGKILL of CONTROL_PLANE", 1, "SIGKILL of KAFKA", 1);

  private static final int RECORDS = 64;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(5);
  private static final Duration KAFKA_AWAY = Duration.ofSeconds(1);
  private static final Duration SHORT = Duration.ofMillis(500);

  private final TestCluster cluster;
  private final ClusterProcesses processes;
  private final Namespace namespace;

  private RecoveryTimes(TestCluster cluster, Namespace namespace) {
    this.cluster = cluster;
    this.processes = cluster.processes();
    this.namespace = namespace;
  }

  /** Measures everything once, in a namespace that exists, and tells the {@link FaultSuite}. */
  static void measure(TestCluster cluster, String namespace) throws Exception {
    try (ByssusClient client = cluster.client().build()) {
      RecoveryTimes times = new RecoveryTimes(cluster, client.namespace(namespace));
      times.all(times::write);
      times.server();
      times.leader();
      times.kafka();
    }
  }

  private void server() throws Exception {
    String server = "server-1";
    Map<Integer, Long> shards = new HashMap<>();
    for (ShardDescription shard : cluster.describeShards()) {
      if (shard.getReplicasList().stream().anyMatch(at -> at.getNodeId().equals(server))) {
        shards.put(shard.getShard(), 0L);
      }
    }
    all(this::read);
    processes.process(server).kill();
    took("server SIGKILL -> its reads answered elsewhere", () -> all(this::read));
    processes.start(server);
    try (ServerView view = new ServerView(processes.listenAddress(server))) {
      took("server restart -> caught up", () -> view.awaitCaughtUp(shards, LIMIT));
    }
    processes.awaitServing(server, LIMIT);
  }

  private void leader() throws Exception {
    String leader = await(() -> cluster.leader().orElse(null));
    processes.process(leader).kill();
    took(
        "control-plane leader SIGKILL -> new leader",
        () -> await(() -> cluster.leader().filter(now -> !now.equals(leader)).orElse(null)));
    processes.start(leader);
    processes.awaitServing(leader, LIMIT);
  }

  private void kafka() throws Exception {
    processes.process("kafka").kill();
    TimeUnit.NANOSECONDS.sleep(KAFKA_AWAY.toNanos());
    processes.start("kafka");
    processes.awaitServing("kafka", LIMIT);
    took("Kafka back -> writes accepted", () -> all(this::write));
    processes.awaitReady(LIMIT);
  }

  private static void took(String what, Runnable recovery) {
    long began = System.nanoTime();
    recovery.run();
    FaultSuite.recovered(what, Duration.ofNanos(System.nanoTime() - began));
  }

  /** Does something with every record, each as often as it takes to succeed. */
  private void all(IntFunction<CompletableFuture<?>> step) {
    List<CompletableFuture<?>> all =
        IntStream.range(0, RECORDS)
            .<CompletableFuture<?>>mapToObj(record -> untilDone(record, step))
            .toList();
    all.forEach(CompletableFuture::join);
  }

  private static CompletableFuture<?> untilDone(
      int record, IntFunction<CompletableFuture<?>> step) {
    long end = System.nanoTime() + LIMIT.toNanos();
    return attempt(record, step, end);
  }

  private static CompletableFuture<Object> attempt(
      int record, IntFunction<CompletableFuture<?>> step, long end) {
    return step.apply(record)
        .<CompletableFuture<Object>>handle(
            (done, failure) -> {
              Throwable cause =
                  failure instanceof CompletionException ? failure.getCause() : failure;
              if (cause == null) {
                return CompletableFuture.completedFuture(done);
              }
              return cause instanceof ByssusClientException && System.nanoTime() < end
                  ? attempt(record, step, end)
                  : CompletableFuture.failedFuture(cause);
            })
        .thenCompose(next -> next);
  }

  private CompletableFuture<?> read(int record) {
    ReadOptions options =
        ReadOptions.defaults().withConsistency(Consistency.EVENTUAL).withDeadline(SHORT);
    return namespace.getAsync(key(record), options);
  }

  private CompletableFuture<WriteResult> write(int record) {
    return namespace.putAsync(
        key(record), new byte[] {1}, WriteOptions.defaults().withDeadline(SHORT));
  }

  private static Key key(int record) {
    return Key.of("recovery-" + record);
  }

  /** Asks until there is an answer. */
  private static <T> T await(Supplier<T> question) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < end) {
      try {
        T answer = question.get();
        if (answer != null) {
          return answer;
        }
        TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
      } catch (ByssusException e) {
        // Nobody to answer yet: what is waited for.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    throw new IllegalStateException("no answer within " + LIMIT);
  }
}
