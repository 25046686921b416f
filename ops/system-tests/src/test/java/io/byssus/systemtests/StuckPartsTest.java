package io.byssus.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.client.Acknowledgement;
import io.byssus.client.ByssusClient;
import io.byssus.client.Consistency;
import io.byssus.client.DeadlineExceededException;
import io.byssus.client.IndeterminateException;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.NotWrittenException;
import io.byssus.client.ReadOptions;
import io.byssus.client.StoredRecord;
import io.byssus.client.UnavailableException;
import io.byssus.client.WriteOptions;
import io.byssus.client.WriteResult;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What stands still costs the others no memory, and whoever needs it is told so in time. */
final class StuckPartsTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration DEADLINE = Duration.ofSeconds(2);

  private static final Duration SHORT = Duration.ofMillis(500);

  /** A timer that fires late on a busy machine is no failure. */
  private static final Duration LATE = Duration.ofSeconds(5);

  /** What is in use after a collection varies by less. */
  private static final long HEAP_MEBIBYTES = 48;

  /** A heap may grow to its bound, which is below this, whatever it is used for. */
  private static final long RESIDENT_MEBIBYTES = 224;

  private static final int READERS = 12;
  private static final int VALUE_BYTES = 64 << 10;
  private static final int VALUES = 640;
  private static final int WRITES = 6_000;

  @RegisterExtension
  static final TestClusterExtension EXTENSION =
      new TestClusterExtension("stuck", 2, config -> config.withNodes(1, 2, 1));

  private final TestCluster cluster = EXTENSION.cluster();

  @Test
  void readersThatNeverReadCostNoMemoryAndDelayNobody() throws Exception {
    cluster.createNamespace("readers");
    ManagedChannel channel =
        ManagedChannelBuilder.forTarget("dns:///" + cluster.processes().address("dispatcher-1"))
            .usePlaintext()
            .maxInboundMessageSize(8 << 20)
            .build();
    try (ByssusClient client = cluster.client().build()) {
      Namespace namespace = client.namespace("readers");
      byte[] value = new byte[VALUE_BYTES];
      for (int piece = 0; piece < VALUES; piece += 64) {
        IntStream.range(piece, piece + 64)
            .mapToObj(i -> namespace.putAsync(Key.of("large", "s" + i), value, applied()))
            .toList()
            .forEach(CompletableFuture::join);
      }
      Map<String, Footprint> before = footprints();
      List<ClientCall<ScanRequest, ScanResponse>> stuck = new ArrayList<>();
      CountDownLatch answered = new CountDownLatch(READERS);
      for (int i = 0; i < READERS; i++) {
        stuck.add(readOnePiece(channel, answered));
      }
      assertTrue(answered.await(LIMIT.toSeconds(), TimeUnit.SECONDS), "every scan has begun");
      for (int i = 0; i < 200; i++) {
        namespace.put(Key.of("small"), "value " + i);
        assertEquals(
            "value " + i,
            namespace.get(Key.of("small"), at(Consistency.SESSION)).orElseThrow().valueUtf8());
      }
      assertFlat(before);
      stuck.forEach(call -> call.cancel("seen enough", null));
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void aReplicaThatStandsStillIsWorkedAroundAndWritesToItsShardsCostNoMemory() throws Exception {
    cluster.createNamespace("replica");
    try (ByssusClient client = cluster.client().build()) {
      Namespace namespace = client.namespace("replica");
      write(namespace, 200, applied());
      Map<String, Footprint> before = footprints();
      cluster.processes().process("server-2").suspend();
      try {
        Map<String, Integer> ends = write(namespace, WRITES, applied());
        assertEquals(Set.of("written"), ends.keySet());
        for (Consistency level :
            List.of(
                Consistency.EVENTUAL,
                Consistency.SESSION,
                Consistency.LINEARIZABLE,
                Consistency.bounded(Duration.ofMillis(500)))) {
          ReadOptions patient = at(level).withDeadline(LIMIT);
          StoredRecord found = namespace.get(key(1), patient).orElseThrow();
          assertEquals(VALUE_BYTES / 64, found.valueBytes());
        }
        before.remove("server-2");
        assertFlat(before);
      } finally {
        cluster.processes().process("server-2").resume();
      }
      cluster.processes().awaitReady(LIMIT);
    }
  }

  @Test
  void withALogThatStandsStillWritesAndLinearizableReadsEndByNameInTimeAndCostNoMemory()
      throws Exception {
    cluster.createNamespace("log");
    try (ByssusClient client = cluster.client().build()) {
      Namespace namespace = client.namespace("log");
      write(namespace, 200, applied());
      Map<String, Footprint> before = footprints();
      cluster.processes().process("kafka").suspend();
      try {
        long began = System.nanoTime();
        Map<String, Integer> ends =
            write(namespace, WRITES, WriteOptions.defaults().withDeadline(DEADLINE));
        assertInTime(began);
        assertTrue(
            Set.of("INDETERMINATE", "LOG_UNAVAILABLE", "OVERLOADED", "DEADLINE_PASSED")
                .containsAll(ends.keySet()),
            ends::toString);
        Awaitility.await("the doors are shut")
            .atMost(LIMIT)
            .until(
                () ->
                    write(namespace, 1, WriteOptions.defaults().withDeadline(SHORT))
                        .containsKey("LOG_UNAVAILABLE"));

        long asked = System.nanoTime();
        UnavailableException refused =
            assertThrows(
                UnavailableException.class,
                () -> namespace.get(key(1), at(Consistency.LINEARIZABLE).withDeadline(DEADLINE)));
        assertInTime(asked);
        System.out.println("a linearizable read without the log: " + refused.getMessage());
        assertTrue(namespace.get(key(1), at(Consistency.EVENTUAL)).isPresent());
        assertFlat(before);
      } finally {
        cluster.processes().process("kafka").resume();
      }
      Awaitility.await("writes are taken again")
          .atMost(LIMIT)
          .ignoreException(NotWrittenException.class)
          .ignoreException(IndeterminateException.class)
          .until(() -> namespace.put(key(0), "back") != null);
    }
  }

  /** Begins a scan, takes one piece of it, and reads no more. */
  private static ClientCall<ScanRequest, ScanResponse> readOnePiece(
      ManagedChannel channel, CountDownLatch answered) {
    ClientCall<ScanRequest, ScanResponse> call =
        channel.newCall(KvServiceGrpc.getScanMethod(), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(ScanResponse piece) {
            answered.countDown();
          }
        },
        new Metadata());
    call.request(1);
    call.sendMessage(
        ScanRequest.newBuilder()
            .setNamespace("readers")
            .setPartitionKey(ByteString.copyFromUtf8("large"))
            .build());
    call.halfClose();
    return call;
  }

  /** Writes so many records at once; tells how many ended how. */
  private static Map<String, Integer> write(Namespace namespace, int count, WriteOptions options) {
    byte[] value = new byte[VALUE_BYTES / 64];
    List<CompletableFuture<WriteResult>> writes =
        IntStream.range(0, count)
            .mapToObj(i -> namespace.putAsync(key(i), value, options))
            .toList();
    Map<String, Integer> ends = new HashMap<>();
    for (CompletableFuture<WriteResult> write : writes) {
      ends.merge(end(write), 1, Integer::sum);
    }
    System.out.println(count + " writes: " + ends);
    return ends;
  }

  private static String end(CompletableFuture<WriteResult> write) {
    try {
      write.join();
      return "written";
    } catch (CompletionException e) {
      if (e.getCause() instanceof NotWrittenException refused) {
        return refused.code().name();
      } else if (e.getCause() instanceof IndeterminateException) {
        return "INDETERMINATE";
      } else if (e.getCause() instanceof DeadlineExceededException) {
        return "DEADLINE_PASSED";
      }
      throw e;
    }
  }

  private static void assertInTime(long began) {
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    assertTrue(took.compareTo(DEADLINE.plus(LATE)) < 0, "took " + took);
  }

  private Map<String, Footprint> footprints() throws Exception {
    Map<String, Footprint> footprints = new HashMap<>();
    for (String node : List.of("server-1", "server-2", "dispatcher-1")) {
      footprints.put(node, Footprint.of(cluster, node));
    }
    return footprints;
  }

  private void assertFlat(Map<String, Footprint> before) throws Exception {
    for (String node : new TreeSet<>(before.keySet())) {
      Footprint more = Footprint.of(cluster, node).since(before.get(node));
      System.out.println(node + " began with " + before.get(node) + ", and has more: " + more);
      assertTrue(
          more.heapMebibytes() < HEAP_MEBIBYTES && more.residentMebibytes() < RESIDENT_MEBIBYTES,
          node + " began with " + before.get(node) + " and has more: " + more);
    }
  }

  private static WriteOptions applied() {
    return WriteOptions.defaults().withAcknowledgement(Acknowledgement.APPLIED).withDeadline(LIMIT);
  }

  private static ReadOptions at(Consistency level) {
    return ReadOptions.defaults().withConsistency(level);
  }

  private static Key key(int record) {
    return Key.of("key-" + record % 500, "s" + record);
  }
}
