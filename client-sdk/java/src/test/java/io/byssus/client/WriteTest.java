package io.byssus.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ErrorCode;
import io.byssus.model.FieldProblem;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class WriteTest extends WriteScenario {
  @Test
  void whatIsPutIsThereAndWhatIsDeletedIsGone() {
    WriteResult put = places.put(AMSTERDAM, "water");
    assertEquals("water", cluster.text(AMSTERDAM));
    assertEquals(put.shard(), cluster.shard("places", AMSTERDAM.partition()).number());
    assertTrue(put.version().isEmpty());
    places.delete(AMSTERDAM);
    assertNull(cluster.text(AMSTERDAM));
  }

  @Test
  void anAppliedWriteTellsItsVersion() {
    WriteResult result =
        places.put(
            AMSTERDAM,
            new byte[] {1},
            WriteOptions.defaults().withAcknowledgement(Acknowledgement.APPLIED));
    assertEquals(result.position().packed(), result.version().orElseThrow());
  }

  @Test
  void aBatchChangesItsRecordsTogether() {
    places.put(Key.of("NL", "Gouda"), "old");
    places.write(
        WriteBatch.of("NL").put("Delft", "new").put("Edam", "new").delete("Gouda").build());
    assertEquals("new", cluster.text(Key.of("NL", "Delft")));
    assertEquals("new", cluster.text(Key.of("NL", "Edam")));
    assertNull(cluster.text(Key.of("NL", "Gouda")));
    assertEquals(2, cluster.arrivals.size());
  }

  @Test
  void everyRetryCarriesTheSameStampAndRequestIdAndGoesToAnotherDispatcher() {
    faultsInTurn(
        new Fault.Refuse(ErrorCode.LOG_UNAVAILABLE),
        new Fault.Refuse(ErrorCode.OVERLOADED),
        new Fault.Break(true),
        new Fault.Break(false),
        new Fault.Stick(),
        new Fault.Refuse(ErrorCode.SHARD_LAGGING));
    places.put(AMSTERDAM, "water");
    assertEquals(7, cluster.arrivals.size());
    assertEquals(1, cluster.arrivals.stream().map(Arrival::options).distinct().count());
    assertEquals(1, cluster.arrivals.stream().map(Arrival::requestId).distinct().count());
    for (int i = 1; i < 7; i++) {
      assertNotEquals(
          cluster.arrivals.get(i - 1).dispatcher(), cluster.arrivals.get(i).dispatcher());
    }
    cluster.releaseStuck();
    assertEquals(1, cluster.history(AMSTERDAM).size());
  }

  @Test
  void aDispatcherThatDoesNotAnswerIsLeftForAnother() {
    faultsInTurn(new Fault.Swallow());
    places.put(AMSTERDAM, "water");
    assertEquals(2, cluster.arrivals.size());
    assertEquals(1, cluster.history(AMSTERDAM).size());
  }

  @Test
  void aWriteThatWasAlwaysRefusedAtTheDoorIsCertainlyNotWritten() {
    use(cluster.client().retryPolicy(PATIENT));
    places.put(AMSTERDAM, "connected");
    cluster.faults = arrival -> new Fault.Refuse(ErrorCode.LOG_UNAVAILABLE);
    NotWrittenException e =
        assertThrows(
            NotWrittenException.class, () -> places.put(AMSTERDAM, new byte[1], within(1_000)));
    assertEquals(ErrorCode.LOG_UNAVAILABLE, e.code());
    assertTrue(cluster.arrivals.size() > 2);
    assertTrue(e.getMessage().contains(cluster.arrivals.get(1).requestId()), e.getMessage());
    assertEquals(WriteTest.class.getName(), callerClass(e));
  }

  private static String callerClass(Throwable e) {
    for (StackTraceElement element : e.getStackTrace()) {
      if (element.getClassName().equals(WriteTest.class.getName())) {
        return element.getClassName();
      }
    }
    return null;
  }

  @Test
  void aWriteOfWhichOneCopyWasHandedOverIsIndeterminateWhateverCameAfter() {
    places.put(AMSTERDAM, "connected");
    Queue<Fault> first = new ConcurrentLinkedQueue<>(List.of(new Fault.Stick()));
    cluster.faults =
        arrival -> {
          Fault fault = first.poll();
          return fault == null ? new Fault.Refuse(ErrorCode.LOG_UNAVAILABLE) : fault;
        };
    assertThrows(
        IndeterminateException.class, () -> places.put(AMSTERDAM, new byte[1], within(1_000)));
    assertTrue(cluster.arrivals.size() > 2);
  }

  @Test
  void aWriteWithoutAnyAnswerIsIndeterminate() {
    use(cluster.client().retryPolicy(QUICK.withAttemptTimeout(Duration.ofMillis(100))));
    places.put(AMSTERDAM, "connected");
    cluster.faults = arrival -> new Fault.StickSilently();
    assertThrows(
        IndeterminateException.class, () -> places.put(AMSTERDAM, new byte[1], within(400)));
  }

  @Test
  void whereNoDispatcherCanBeReachedAWriteIsCertainlyNotWritten() {
    places.put(AMSTERDAM, "water");
    cluster.close();
    // This one may still have found the old connection.
    assertThrows(
        ByssusClientException.class, () -> places.put(AMSTERDAM, new byte[1], within(500)));
    NotWrittenException e =
        assertThrows(
            NotWrittenException.class, () -> places.put(AMSTERDAM, new byte[1], within(500)));
    assertEquals(ErrorCode.LOG_UNAVAILABLE, e.code());
  }

  @Test
  void whereTheNamespaceCannotBeResolvedAWriteIsCertainlyNotWritten() throws Exception {
    ByssusClientBuilder nowhere = cluster.client().retryPolicy(QUICK);
    cluster.close();
    use(nowhere);
    assertThrows(NotWrittenException.class, () -> places.put(AMSTERDAM, new byte[1], within(300)));
  }

  @Test
  void oneDispatcherGoneIsNotNoticed() {
    cluster.dispatchers.get(0).close();
    for (int i = 0; i < 20; i++) {
      places.put(Key.of("NL", "place " + i), "value");
    }
    assertEquals(20, cluster.arrivals.size());
  }

  @Test
  void dispatchersThatComeBackAreFoundWithoutDelay() throws Exception {
    cluster.close();
    // gRPC left to itself looks again after 1, 2.6 and 5.2 seconds, each step a fifth more or less:
    // after this, not within the next 800 ms.
    assertThrows(
        NotWrittenException.class, () -> places.put(AMSTERDAM, new byte[1], within(3_300)));
    cluster.restartDispatchers();
    long start = System.nanoTime();
    places.put(AMSTERDAM, "water");
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertTrue(millis < 700, "it took " + millis + " ms");
  }

  @Test
  void whatCannotBeSentIsRefusedWithTheFieldAndTheLimit() {
    assertProblem(
        "key.partition_key",
        "is empty; it must have 1 byte or more",
        () -> places.put(Key.of("", "a"), "x"));
    assertProblem(
        "key",
        "is 4097 bytes of partition key and sort key; the limit is 4096",
        () -> places.delete(Key.of("p", "s".repeat(4_096))));
    assertProblem(
        "value",
        "is 1048577 bytes; the limit is 1048576",
        () -> places.put(AMSTERDAM, new byte[1_048_577]));
    assertProblem(
        "operations[1].sort_key",
        "stands twice in the batch",
        () -> places.write(WriteBatch.of("NL").put("a", "x").delete("a").build()));
    assertProblem(
        "operations",
        "has 0; the limits are 1 and 1000",
        () -> places.write(WriteBatch.of("NL").build()));
    failure(InvalidRequestException.class, places.putAsync(Key.of("", "a"), "x"));
    assertEquals(List.of(), cluster.arrivals);
  }

  private static void assertProblem(String field, String problem, Runnable call) {
    InvalidRequestException e = assertThrows(InvalidRequestException.class, call::run);
    assertEquals(List.of(new FieldProblem(field, problem)), e.problems());
  }

  @Test
  void theLargestAllowedWritesPass() {
    use(cluster.client().retryPolicy(PATIENT));
    places.put(Key.of("p", "s".repeat(4_095)), new byte[1_048_576]);
    WriteBatch.Builder batch = WriteBatch.of("p");
    for (int i = 0; i < 1_000; i++) {
      batch.put("key " + i, new byte[4_000]);
    }
    places.write(batch.build());
    assertEquals(1_001, cluster.shards.stream().mapToInt(s -> s.records().size()).sum());
  }

  @Test
  void anUnknownNamespaceIsToldAtOnceAndFoundOnceItExists() {
    Namespace unknown = client.namespace("unknown");
    assertThrows(NamespaceNotFoundException.class, () -> unknown.put(AMSTERDAM, "water"));
    cluster.namespaces.put("unknown", 8);
    unknown.put(AMSTERDAM, "water");
  }

  @Test
  void aNamespaceThatWasMadeAnewIsResolvedAnewAndTheWriteGetsAnotherStamp() {
    places.put(AMSTERDAM, "old");
    cluster.namespaces.put("places", 3_000_000);
    places.put(AMSTERDAM, "new");
    assertEquals("new", cluster.text(AMSTERDAM));
    Arrival last = cluster.arrivals.get(cluster.arrivals.size() - 1);
    assertEquals(3_000_000, last.options().getNamespaceId());
  }

  @Test
  void aWriteOfWhichACopyMayBeInTheOldNamespaceIsNotSentToTheNewOne() {
    places.put(Key.of("NL", "Gouda"), "old");
    cluster.faults =
        arrival -> {
          cluster.namespaces.put("places", 3_000_000);
          cluster.faults = next -> Fault.NONE;
          return new Fault.Break(false);
        };
    assertThrows(IndeterminateException.class, () -> places.put(AMSTERDAM, "new"));
    places.put(AMSTERDAM, "newer");
    assertEquals("newer", cluster.text(AMSTERDAM));
  }

  @Test
  void theClientsOwnClockPlaysNoPartAndAJumpOfTheDispatchersIsFollowed() {
    places.put(AMSTERDAM, "1");
    cluster.clockOffsetMillis += 60 * FakeCluster.MINUTE_MILLIS;
    places.put(AMSTERDAM, "2");
    assertEquals("2", cluster.text(AMSTERDAM));
    assertEquals(3, cluster.arrivals.size());
    assertEquals(2, cluster.dispatchers.stream().mapToInt(d -> d.resolves.get()).sum());
  }
}
