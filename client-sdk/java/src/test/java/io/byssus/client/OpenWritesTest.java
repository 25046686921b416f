package io.byssus.client;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Writes that are open side by side: their order, their window, their bounds and their end. */
@Timeout(30)
final class OpenWritesTest extends WriteScenario {
  @Test
  void writesOfOneRecordGoOutOneAfterTheOtherAndOthersBesideThem() {
    cluster.faults =
        arrival -> arrival.text().equals("first") ? new Fault.StickSilently() : Fault.NONE;
    use(cluster.client().retryPolicy(PATIENT));
    CompletableFuture<WriteResult> first = places.putAsync(AMSTERDAM, "first");
    await().until(() -> cluster.arrivals.size() == 1);
    CompletableFuture<WriteResult> batch =
        places.writeAsync(
            WriteBatch.of("NL").put("Amsterdam", "second").put("Delft", "second").build());
    CompletableFuture<WriteResult> behindBatch = places.putAsync(Key.of("NL", "Delft"), "third");
    places.putAsync(Key.of("NL", "Edam"), "beside").join();
    places.putAsync(Key.of("BE", "Gent"), "beside").join();
    assertEquals(List.of(), cluster.arrivalsOf("second").toList());
    assertEquals(List.of(), cluster.arrivalsOf("third").toList());
    assertFalse(first.isDone() || batch.isDone() || behindBatch.isDone());
  }

  @Test
  void aNewWriteOfARecordWaitsUntilItsFloorLiesAboveTheOneThatWasGivenUp() {
    // Sequence 1 stays open; sequence 2, of another record, is given up.
    use(cluster.client().retryPolicy(PATIENT));
    cluster.faults =
        arrival ->
            switch (arrival.text()) {
              case "long" -> new Fault.Delay();
              case "old" -> new Fault.StickSilently();
              default -> Fault.NONE;
            };
    CompletableFuture<WriteResult> longOpen =
        places.putAsync(Key.of("NL", "Delft"), "long".getBytes(), within(25_000));
    await().until(() -> cluster.arrivals.size() == 1);
    failure(
        IndeterminateException.class, places.putAsync(AMSTERDAM, "old".getBytes(), within(400)));

    NotWrittenException tooSoon =
        failure(
            NotWrittenException.class, places.putAsync(AMSTERDAM, "never".getBytes(), within(200)));
    assertEquals(ErrorCode.DEADLINE_PASSED, tooSoon.code());
    CompletableFuture<WriteResult> waiting = places.putAsync(AMSTERDAM, "new");
    places.put(Key.of("NL", "Edam"), "another record");
    assertFalse(longOpen.isDone() || waiting.isDone());

    cluster.stuck.remove(0).run();
    longOpen.join();
    waiting.join();
    Arrival fresh = cluster.arrivalsOf("new").findFirst().orElseThrow();
    assertTrue(fresh.stamp().getLowestOpen() > 2);
    assertEquals(List.of(), cluster.arrivalsOf("never").toList());

    cluster.releaseStuck();
    assertEquals("new", cluster.text(AMSTERDAM));
  }

  @Test
  void withoutTheShardsFloorTheOldCopyWouldUndoTheNewWrite() {
    // Shows that the test above can fail: the copy is there, and only the floor stops it.
    places.put(Key.of("NL", "Edam"), "connected");
    cluster.shards.forEach(FakeShard::ignoreFloors);
    cluster.faults = arrival -> arrival.text().equals("new") ? Fault.NONE : new Fault.Stick();
    failure(
        IndeterminateException.class, places.putAsync(AMSTERDAM, "old".getBytes(), within(400)));
    places.put(AMSTERDAM, "new");
    cluster.releaseStuck();
    assertEquals("old", cluster.text(AMSTERDAM));
  }

  @Test
  void aFullWindowHoldsWritesBackUntilItsLowestIsAnswered() {
    use(cluster.client().retryPolicy(PATIENT).maxOpenWrites(2_000, Long.MAX_VALUE));
    cluster.faults = arrival -> arrival.text().equals("0") ? new Fault.Delay() : Fault.NONE;
    // Once the namespace is known, stamps are given in the order of the calls.
    places.put(Key.of("NL", "known"), "first");
    List<CompletableFuture<WriteResult>> writes = new ArrayList<>();
    for (int i = 0; i < 1_100; i++) {
      writes.add(
          places.putAsync(
              Key.of("NL", "place " + i), Integer.toString(i).getBytes(), within(25_000)));
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> writes.stream().filter(CompletableFuture::isDone).count() == 1_023);
    assertEquals(1 + 1_024, cluster.arrivals.size());
    cluster.releaseStuck();
    writes.forEach(CompletableFuture::join);
    assertTrue(
        cluster.arrivals.stream()
            .allMatch(a -> a.stamp().getSequence() - a.stamp().getLowestOpen() < 1_024));
  }

  @Test
  void beyondTheBoundOnOpenWritesAsyncFailsAndBlockingWaits() throws Exception {
    use(cluster.client().retryPolicy(PATIENT).maxOpenWrites(2, Long.MAX_VALUE));
    places.put(Key.of("a"), "connected");
    cluster.faults =
        arrival -> arrival.text().startsWith("stuck") ? new Fault.StickSilently() : Fault.NONE;
    CompletableFuture<WriteResult> stuck =
        places.putAsync(Key.of("a"), "stuck".getBytes(), within(800));
    places.putAsync(Key.of("b"), "stuck too".getBytes(), within(20_000));
    NotWrittenException full =
        failure(NotWrittenException.class, places.putAsync(Key.of("c"), "async"));
    assertEquals(ErrorCode.OVERLOADED, full.code());
    NotWrittenException waited =
        assertThrows(
            NotWrittenException.class,
            () -> places.put(Key.of("c"), "too soon".getBytes(), within(100)));
    assertEquals(ErrorCode.OVERLOADED, waited.code());
    places.put(Key.of("c"), "blocking");
    failure(IndeterminateException.class, stuck);
  }

  @Test
  void aCancelledFutureDoesNotStopTheWrite() {
    faultsInTurn(new Fault.Refuse(ErrorCode.LOG_UNAVAILABLE));
    CompletableFuture<WriteResult> write = places.putAsync(AMSTERDAM, "water");
    write.cancel(true);
    await().until(() -> "water".equals(cluster.text(AMSTERDAM)));
  }

  @Test
  void aThreadThatIsInterruptedLearnsThatTheWriteMayBeWritten() throws Exception {
    use(cluster.client().retryPolicy(QUICK.withAttemptTimeout(Duration.ofMillis(300))));
    faultsInTurn(new Fault.Swallow());
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread writer =
        new Thread(
            () -> {
              try {
                places.put(AMSTERDAM, "water");
                thrown.complete(null);
              } catch (ByssusClientException e) {
                thrown.complete(Thread.currentThread().isInterrupted() ? e : null);
              }
            });
    writer.start();
    await().until(() -> cluster.arrivals.size() >= 1);
    writer.interrupt();
    assertInstanceOf(IndeterminateException.class, thrown.get(5, TimeUnit.SECONDS));
    await().until(() -> cluster.arrivals.size() >= 2);
  }

  @Test
  void closingWaitsForOpenWritesAndTellsTheTruthAboutThoseItEnds() {
    cluster.faults =
        arrival -> arrival.text().equals("stuck") ? new Fault.StickSilently() : Fault.NONE;
    CompletableFuture<WriteResult> stuck = places.putAsync(AMSTERDAM, "stuck");
    CompletableFuture<WriteResult> behind = places.putAsync(AMSTERDAM, "behind");
    CompletableFuture<WriteResult> written = places.putAsync(Key.of("BE", "Gent"), "written");
    await().until(() -> cluster.arrivalsOf("stuck").findAny().isPresent());
    client.close();
    written.join();
    failure(IndeterminateException.class, stuck);
    assertEquals(ErrorCode.SHUTTING_DOWN, failure(NotWrittenException.class, behind).code());
    assertThrows(IllegalStateException.class, () -> places.put(AMSTERDAM, "late"));
    client.close();
  }

  @Test
  void theUsersRequestIdGoesWithTheCall() {
    use(cluster.client().requestIds(() -> "trace-17"));
    places.put(AMSTERDAM, "water");
    assertEquals("trace-17", cluster.arrivals.get(0).requestId());
    use(cluster.client().requestIds(() -> "not\nprintable"));
    assertThrows(IllegalArgumentException.class, () -> places.put(AMSTERDAM, "water"));
  }

  @Test
  void manyWritesOfOneRecordThatFailTogetherDoNotNest() {
    cluster.faults = arrival -> new Fault.StickSilently();
    use(cluster.client().maxOpenWrites(20_000, Long.MAX_VALUE));
    List<CompletableFuture<WriteResult>> writes = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      writes.add(places.putAsync(AMSTERDAM, "value"));
    }
    client.close();
    for (CompletableFuture<WriteResult> write : writes) {
      failure(ByssusClientException.class, write);
    }
  }
}
