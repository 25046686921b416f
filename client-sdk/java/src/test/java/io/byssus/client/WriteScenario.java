package io.byssus.client;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the tests of writes begin with: two dispatchers that fail as told, and a client of them. */
abstract class WriteScenario {
  static final RetryPolicy QUICK =
      RetryPolicy.defaults()
          .withInitialBackoff(Duration.ofMillis(2))
          .withAttemptTimeout(Duration.ofSeconds(1));
  static final RetryPolicy PATIENT = QUICK.withAttemptTimeout(Duration.ofSeconds(25));
  static final Key AMSTERDAM = Key.of("NL", "Amsterdam");

  FakeCluster cluster;
  ByssusClient client;
  Namespace places;

  @BeforeEach
  void start() throws Exception {
    cluster = new FakeCluster(2, 4);
    use(cluster.client().retryPolicy(QUICK));
  }

  void use(ByssusClientBuilder builder) {
    if (client != null) {
      client.close();
    }
    client = builder.closeTimeout(Duration.ofMillis(100)).build();
    places = client.namespace("places");
  }

  @AfterEach
  void stop() {
    client.close();
    cluster.close();
  }

  void faultsInTurn(Fault... faults) {
    Queue<Fault> queue = new ConcurrentLinkedQueue<>(List.of(faults));
    cluster.faults =
        arrival -> {
          Fault fault = queue.poll();
          return fault == null ? Fault.NONE : fault;
        };
  }

  static <E extends Throwable> E failure(Class<E> type, CompletableFuture<?> future) {
    return assertInstanceOf(type, assertThrows(CompletionException.class, future::join).getCause());
  }

  static WriteOptions within(long millis) {
    return WriteOptions.defaults().withDeadline(Duration.ofMillis(millis));
  }
}
