package io.byssus.client.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.byssus.clustermap.replicas.EventLoops;
import io.grpc.Status;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DispatchersTest {
  private static final CallFailure BROKEN =
      CallFailure.of(Status.UNAVAILABLE.asRuntimeException(), false);

  private final AtomicLong nanos = new AtomicLong(-5);
  private final EventLoops loops = new EventLoops("test-io", 1);
  private final Dispatchers dispatchers =
      Dispatchers.to(
          List.of("127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"),
          loops,
          Duration.ofMinutes(30),
          Optional.empty(),
          "test",
          nanos::get);
  private final List<Dispatcher> all = dispatchers.all();

  @AfterEach
  void close() {
    dispatchers.close();
    loops.close();
  }

  @Test
  void allAreUsedInTurn() {
    Set<Dispatcher> picked = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      picked.add(dispatchers.pick(null));
    }
    assertEquals(Set.copyOf(all), picked);
  }

  @Test
  void aRetryGoesToAnother() {
    for (int i = 0; i < 9; i++) {
      assertNotSame(all.get(1), dispatchers.pick(all.get(1)));
    }
  }

  @Test
  void oneThatFailedIsAvoidedForASecond() {
    all.get(0).failed(BROKEN);
    all.get(2).failed(BROKEN);
    for (int i = 0; i < 9; i++) {
      assertSame(all.get(1), dispatchers.pick(null));
      assertSame(all.get(1), dispatchers.pick(all.get(1)));
    }
    nanos.addAndGet(1_000_000_000L);
    Set<Dispatcher> picked = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      picked.add(dispatchers.pick(null));
    }
    assertEquals(3, picked.size());
  }

  @Test
  void whereAllFailedTheyAreTriedInTurn() {
    all.forEach(dispatcher -> dispatcher.failed(BROKEN));
    Set<Dispatcher> picked = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      picked.add(dispatchers.pick(null));
    }
    assertEquals(3, picked.size());
    assertNotSame(all.get(1), dispatchers.pick(all.get(1)));
  }
}
