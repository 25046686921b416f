package io.byssus.client;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class StreamedWriterTest extends WriteScenario {
  @Test
  void manyWritesGoInFewMessagesAndEachHasItsOutcome() {
    AtomicInteger acknowledged = new AtomicInteger();
    cluster.faults = arrival -> new Fault.Delay();
    try (StreamedWriter writer =
        places.writer(WriterOptions.defaults().withMaxOpen(16_384, 1 << 26))) {
      for (int i = 0; i < 10_000; i++) {
        writer.put(
            Key.of("partition " + i % 50, "" + i),
            new byte[] {1},
            OperationOptions.defaults(),
            (result, failure) -> {
              assertNotNull(result);
              acknowledged.incrementAndGet();
            });
      }
      // The window is as full as it gets; from here on every message finds much that is ready.
      await().until(() -> cluster.stuck.size() >= cluster.windowWrites * 7 / 8);
      cluster.streamMessages.set(0);
      cluster.faults = arrival -> Fault.NONE;
      cluster.releaseStuck();
    }
    assertEquals(10_000, acknowledged.get());
    assertEquals(10_000, cluster.shards.stream().mapToInt(s -> s.records().size()).sum());
    int messages = cluster.streamMessages.get();
    assertTrue(messages < 10_000 / 32 + 50, messages + " messages");
    assertEquals(1, streams());
  }

  @Test
  void theWritesOfOneRecordTakeEffectInTheOrderOfTheCallsByWhicheverWay() {
    try (StreamedWriter writer = places.writer()) {
      List<CompletableFuture<WriteResult>> results = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String value = "" + i;
        results.add(i % 3 == 0 ? places.putAsync(AMSTERDAM, value) : writer.put(AMSTERDAM, value));
      }
      results.forEach(CompletableFuture::join);
    }
    assertEquals("199", cluster.text(AMSTERDAM));
    assertEquals(200, cluster.history(AMSTERDAM).size());
  }

  @Test
  void aConditionThatDoesNotHoldIsAnOutcome() {
    try (StreamedWriter writer = places.writer()) {
      OperationOptions ifAbsent = OperationOptions.defaults().withCondition(Condition.absent());
      assertTrue(writer.put(AMSTERDAM, "1".getBytes(), ifAbsent).join().tookEffect());
      WriteResult second = writer.put(AMSTERDAM, "2".getBytes(), ifAbsent).join();
      assertFalse(second.tookEffect());
      assertEquals(WriteFailureReason.CONDITION_NOT_MET, second.failure().orElseThrow().reason());
      assertEquals(List.of(4L), writer.increment(Key.of("NL", "n"), 4).join().sums());
      writer.delete(AMSTERDAM).join();
    }
    assertEquals(null, cluster.text(AMSTERDAM));
  }

  @Test
  void whenAStreamBreaksItsWritesGoAgainUnderTheSameStampsAndHappenOnce() {
    faultsInTurn(new Fault.Break(true), new Fault.Break(false), new Fault.Duplicate());
    try (StreamedWriter writer = places.writer()) {
      for (int i = 0; i < 100; i++) {
        writer.put(Key.of("NL", "" + i), "" + i);
      }
      writer.flush();
      for (int i = 0; i < 100; i++) {
        assertEquals(1, cluster.history(Key.of("NL", "" + i)).size());
      }
    }
    cluster.releaseStuck();
    assertEquals(3, streams());
    for (int i = 0; i < 100; i++) {
      String text = "" + i;
      assertEquals(
          1, cluster.arrivalsOf(text).map(Arrival::stamp).distinct().count(), "stamps of " + i);
      assertEquals(1, cluster.history(Key.of("NL", text)).size());
    }
  }

  @Test
  void aStreamThatSaysNothingIsLeftForAnother() {
    faultsInTurn(new Fault.Swallow());
    try (StreamedWriter writer = places.writer()) {
      assertTrue(writer.put(AMSTERDAM, "water").join().tookEffect());
    }
    assertEquals(1, cluster.history(AMSTERDAM).size());
    assertEquals(2, cluster.arrivals.size());
  }

  @Test
  void refusalsThatMayPassAreRepeatedAndOthersAreTold() {
    faultsInTurn(
        new Fault.Refuse(ErrorCode.LOG_UNAVAILABLE),
        new Fault.Stick(),
        new Fault.Refuse(ErrorCode.SHARD_LAGGING));
    try (StreamedWriter writer = places.writer()) {
      assertTrue(writer.put(AMSTERDAM, "water").join().tookEffect());
      assertEquals(4, cluster.arrivals.size());
      faultsInTurn(new Fault.Refuse(ErrorCode.LOG_REFUSED));
      NotWrittenException e = failure(NotWrittenException.class, writer.put(AMSTERDAM, "mud"));
      assertEquals(ErrorCode.LOG_REFUSED, e.code());
    }
  }

  @Test
  void aWriteWithoutAnAnswerIsIndeterminateAndOneNeverSentIsNotWritten() {
    cluster.faults = arrival -> new Fault.StickSilently();
    WriterOptions brief = WriterOptions.defaults().withDeadline(Duration.ofMillis(300));
    try (StreamedWriter writer = places.writer(brief)) {
      CompletableFuture<WriteResult> first = writer.put(AMSTERDAM, "1");
      CompletableFuture<WriteResult> second = writer.put(AMSTERDAM, "2");
      failure(IndeterminateException.class, first);
      failure(NotWrittenException.class, second);
    }
  }

  @Test
  void aFullWindowHoldsTheCallerBackAndLosesNothing() throws Exception {
    cluster.windowWrites = 2;
    cluster.faults = arrival -> new Fault.Delay();
    try (StreamedWriter writer = places.writer(WriterOptions.defaults().withMaxOpen(4, 1 << 20))) {
      AtomicInteger begun = new AtomicInteger();
      Thread caller =
          new Thread(
              () -> {
                for (int i = 0; i < 10; i++) {
                  writer.put(Key.of("NL", "" + i), "" + i);
                  begun.incrementAndGet();
                }
              });
      caller.start();
      await().until(() -> begun.get() == 4 && cluster.stuck.size() == 2);
      await().during(Duration.ofMillis(100)).until(() -> begun.get() == 4);
      cluster.faults = arrival -> Fault.NONE;
      cluster.releaseStuck();
      caller.join();
      writer.flush();
    }
    assertEquals(10, cluster.shards.stream().mapToInt(s -> s.records().size()).sum());
  }

  @Test
  void listenersAreToldOnTheCallbackExecutorAndOnTheCommonPoolOnceThatIsShutDown() {
    ExecutorService callbacks =
        Executors.newSingleThreadExecutor(task -> new Thread(task, "callbacks"));
    use(cluster.client().retryPolicy(QUICK).callbackExecutor(callbacks));
    cluster.faults = arrival -> new Fault.StickSilently();
    WriterOptions narrow =
        WriterOptions.defaults().withMaxOpen(1, 100).withDeadline(Duration.ofMillis(150));
    Map<String, String> told = new ConcurrentHashMap<>();
    StreamedWriter writer = places.writer(narrow);
    // The first keeps its place until its caller was told, past the deadline of the second.
    CountDownLatch secondRefused = new CountDownLatch(1);
    callbacks.execute(() -> awaitUninterruptibly(secondRefused));
    put(writer, "missed", told);
    put(writer, "refused", told);
    assertEquals(Map.of(), told);
    secondRefused.countDown();
    writer.flush();
    assertEquals(
        Map.of("missed", "Indeterminate on callbacks", "refused", "NotWritten on callbacks"), told);

    callbacks.shutdown();
    told.clear();
    put(writer, "afterShutdown", told);
    writer.flush();
    client.close();
    put(writer, "afterClose", told);
    writer.flush();
    assertEquals("Indeterminate on pool", told.get("afterShutdown"));
    // It may just have been sent when the writer's thread learnt of the end.
    assertTrue(told.get("afterClose").endsWith(" on pool"), told.get("afterClose"));
  }

  private static void put(StreamedWriter writer, String name, Map<String, String> told) {
    writer.put(
        Key.of(name),
        name.getBytes(),
        OperationOptions.defaults(),
        (result, failure) -> {
          String thread = Thread.currentThread().getName();
          told.put(
              name,
              failure.getClass().getSimpleName().replace("Exception", "")
                  + " on "
                  + (thread.startsWith("ForkJoinPool.commonPool") ? "pool" : thread));
        });
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aListenerThatFailsWhollyHoldsUpNobodyElse() {
    AtomicInteger told = new AtomicInteger();
    try (StreamedWriter writer = places.writer()) {
      for (int i = 0; i < 20; i++) {
        writer.put(
            Key.of("NL", "n" + i),
            new byte[] {1},
            OperationOptions.defaults(),
            (result, failure) -> {
              told.incrementAndGet();
              throw new AssertionError("a listener's own fault");
            });
      }
      writer.flush();
    }
    assertEquals(20, told.get());
  }

  @Test
  void aCallerThatIsInterruptedWhileItWaitsForAPlaceIsToldByTheCall() {
    cluster.faults = arrival -> new Fault.StickSilently();
    try (StreamedWriter writer = places.writer(WriterOptions.defaults().withMaxOpen(1, 100))) {
      writer.put(AMSTERDAM, "1");
      Thread.currentThread().interrupt();
      assertThrows(NotWrittenException.class, () -> put(writer, "2", new ConcurrentHashMap<>()));
      assertTrue(Thread.interrupted());
      Thread.currentThread().interrupt();
      failure(NotWrittenException.class, writer.put(AMSTERDAM, "3"));
      assertTrue(Thread.interrupted());
      client.close();
    }
  }

  @Test
  void aNamespaceCreatedAnewIsFoundAgain() {
    try (StreamedWriter writer = places.writer()) {
      writer.put(AMSTERDAM, "1").join();
      cluster.namespaces.put("places", 8);
      assertTrue(writer.put(AMSTERDAM, "2").join().tookEffect());
      cluster.namespaces.remove("places");
      failure(NamespaceNotFoundException.class, writer.put(AMSTERDAM, "3"));
    }
  }

  @Test
  void closingTheClientEndsWhatIsOpen() {
    cluster.faults = arrival -> new Fault.StickSilently();
    StreamedWriter writer = places.writer();
    CompletableFuture<WriteResult> stuck = writer.put(AMSTERDAM, "1");
    await().until(() -> cluster.arrivals.size() == 1);
    client.close();
    failure(IndeterminateException.class, stuck);
    writer.close();
    assertThrows(IllegalStateException.class, () -> writer.put(AMSTERDAM, "2"));
  }

  @Test
  void whatIsPastALimitIsToldAtOnce() {
    try (StreamedWriter writer = places.writer()) {
      InvalidRequestException e =
          failure(InvalidRequestException.class, writer.put(Key.of("NL"), new byte[1 << 21]));
      assertEquals("value", e.problems().get(0).field());
    }
  }

  private int streams() {
    return cluster.dispatchers.stream().mapToInt(d -> d.streams.get()).sum();
  }
}
