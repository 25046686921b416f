package io.byssus.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/**
 * Random writes through two dispatchers that lose, delay, repeat and refuse them, with copies that
 * reach the log long after their calls have ended. Whatever happens, for every record:
 *
 * <ul>
 *   <li>what takes effect does so once and in the order of the calls, so that nothing acknowledged
 *       is undone by something older;
 *   <li>what was acknowledged has taken effect;
 *   <li>what was told to be not written has not;
 *   <li>what was told to have failed by its condition has not, and never will;
 *   <li>the sum that an increment was told is the one that its first copy made.
 * </ul>
 *
 * <p>Half of the writes go one by one, the others by a stream, in one order.
 *
 * <p>The seed fixes what is written and what goes wrong how often; threads and sockets keep their
 * own time.
 */
final class AtMostOnceTest {
  private static final int WRITERS = 3;
  private static final int WRITES_EACH = 250;
  private static final int RECORDS_EACH = 3;
  private static final int OUTSTANDING_EACH = 6;

  /** The record that is only ever added to. */
  private static final int COUNTER = RECORDS_EACH;

  /** What the caller was told. */
  private enum Told {
    WRITTEN,
    CONDITION_FAILED,
    NOT_WRITTEN,
    INDETERMINATE
  }

  private final ThreadLocal<String> requestId = new ThreadLocal<>();
  private final Map<String, Told> told = new ConcurrentHashMap<>();
  private final Map<String, Long> sums = new ConcurrentHashMap<>();

  /** The ids of the calls that write a record, in the order of the calls. */
  private final Map<Key, List<String>> called = new ConcurrentHashMap<>();

  @RepeatedTest(3)
  @Timeout(90)
  void nothingAcknowledgedIsLostRepeatedOrUndone() throws Exception {
    long seed = Seeds.next();
    try (FakeCluster cluster = new FakeCluster(2, 2);
        ByssusClient client = client(cluster, seed)) {
      cluster.faults = faults(new Random(seed));
      AtomicBoolean over = new AtomicBoolean();
      Thread releasing = releasing(cluster, new Random(seed + 1), over);
      List<Thread> writers =
          IntStream.range(0, WRITERS)
              .mapToObj(i -> writing(client, i, new Random(seed + 2 + i)))
              .toList();
      for (Thread writer : writers) {
        writer.join();
      }
      over.set(true);
      releasing.join();
      Collections.shuffle(cluster.stuck, new Random(seed));
      int late = cluster.stuck.size();
      cluster.releaseStuck();

      assertEquals(WRITERS * WRITES_EACH, told.size(), "seed " + seed);
      called.forEach((key, calls) -> check(cluster, key, calls, "seed " + seed + " " + key));
      Map<Told, Integer> counts = new HashMap<>();
      told.values().forEach(outcome -> counts.merge(outcome, 1, Integer::sum));
      System.out.println(counts + ", copies " + cluster.arrivals.size() + ", last " + late);
      assertTrue(counts.keySet().containsAll(List.of(Told.values())), counts + " seed " + seed);
    }
  }

  private void check(FakeCluster cluster, Key key, List<String> calls, String context) {
    List<String> history = cluster.history(key);
    int last = -1;
    for (String applied : history) {
      int index = calls.indexOf(applied);
      assertTrue(index > last, context + ": " + applied + " after " + last + " in " + history);
      assertTrue(told.get(applied) != Told.NOT_WRITTEN, context + ": " + applied + " is there");
      assertTrue(
          told.get(applied) != Told.CONDITION_FAILED, context + ": " + applied + " is there");
      last = index;
      Long sum = sums.get(applied);
      if (sum != null) {
        assertEquals(history.indexOf(applied) + 1, sum, context + ": " + applied);
      }
    }
    for (String call : calls) {
      assertTrue(
          told.get(call) != Told.WRITTEN || history.contains(call), context + ": no " + call);
    }
  }

  private ByssusClient client(FakeCluster cluster, long seed) {
    ByssusClientBuilder builder =
        cluster
            .client()
            .requestIds(requestId::get)
            .retryPolicy(
                new RetryPolicy(
                    Duration.ofMillis(1), Duration.ofMillis(15), Duration.ofMillis(45)));
    return new ByssusClient(builder, System::nanoTime, new Random(seed));
  }

  private static Function<Arrival, Fault> faults(Random random) {
    return arrival -> {
      int chance;
      synchronized (random) {
        chance = random.nextInt(100);
      }
      if (chance < 8) {
        return new Fault.Refuse(ErrorCode.SHUTTING_DOWN);
      } else if (chance < 14) {
        return new Fault.Break(true);
      } else if (chance < 20) {
        return new Fault.Break(false);
      } else if (chance < 26) {
        return new Fault.Swallow();
      } else if (chance < 40) {
        return new Fault.Stick();
      } else if (chance < 48) {
        return new Fault.StickSilently();
      } else if (chance < 60) {
        return new Fault.Duplicate();
      }
      return Fault.NONE;
    };
  }

  private static Thread releasing(FakeCluster cluster, Random random, AtomicBoolean over) {
    Thread thread =
        new Thread(
            () -> {
              while (!over.get()) {
                Runnable copy = null;
                synchronized (cluster.stuck) {
                  // The more wait, the longer each waits: the older a copy, the more dangerous.
                  if (cluster.stuck.size() > 20) {
                    copy = cluster.stuck.remove(random.nextInt(cluster.stuck.size()));
                  }
                }
                if (copy != null) {
                  copy.run();
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(5)));
              }
            });
    thread.start();
    return thread;
  }

  private Thread writing(ByssusClient client, int writer, Random random) {
    Thread thread =
        new Thread(
            () -> {
              Namespace places = client.namespace("places");
              Semaphore outstanding = new Semaphore(OUTSTANDING_EACH);
              requestId.set("stream-" + writer);
              WriterOptions settings =
                  WriterOptions.defaults().withDeadline(Duration.ofMillis(220));
              try (StreamedWriter stream = places.writer(settings)) {
                for (int i = 0; i < WRITES_EACH; i++) {
                  outstanding.acquireUninterruptibly();
                  String id = writer + "-" + i;
                  requestId.set(id);
                  CompletableFuture<WriteResult> written =
                      random.nextBoolean()
                          ? write(places, writer, id, random)
                          : write(stream, writer, id, random);
                  written.whenComplete(
                      (result, failure) -> {
                        told.put(id, told(result, failure));
                        if (result != null && !result.sums().isEmpty()) {
                          sums.put(id, result.sums().get(0));
                        }
                        outstanding.release();
                      });
                }
                outstanding.acquireUninterruptibly(OUTSTANDING_EACH);
              }
            });
    thread.start();
    return thread;
  }

  /** A write of one or several of the records that only this thread writes. */
  private CompletableFuture<WriteResult> write(
      Namespace places, int writer, String id, Random random) {
    WriteOptions options =
        WriteOptions.defaults().withDeadline(Duration.ofMillis(15 + random.nextInt(300)));
    if (random.nextInt(4) == 0) {
      options = options.withAcknowledgement(Acknowledgement.APPLIED);
    }
    String partition = "partition " + random.nextInt(2);
    int record = random.nextInt(RECORDS_EACH);
    int kind = random.nextInt(12);
    if (kind < 5) {
      return places.putAsync(noted(partition, writer, record, id), id.getBytes(), options);
    } else if (kind < 7) {
      options = options.withCondition(condition(random));
      return places.putAsync(noted(partition, writer, record, id), id.getBytes(), options);
    } else if (kind < 8) {
      return places
          .incrementAsync(noted(partition, writer, COUNTER, id), 1, options)
          .thenApply(IncrementResult::write);
    } else if (kind < 10) {
      return places.deleteAsync(noted(partition, writer, record, id), options);
    }
    WriteBatch.Builder batch = WriteBatch.of(partition);
    for (int i = 0; i < RECORDS_EACH; i++) {
      if (i != record) {
        batch.put(noted(partition, writer, i, id).sortKey(), id.getBytes());
      }
    }
    return places.writeAsync(batch.build(), options);
  }

  private CompletableFuture<WriteResult> write(
      StreamedWriter stream, int writer, String id, Random random) {
    String partition = "partition " + random.nextInt(2);
    int record = random.nextInt(RECORDS_EACH);
    int kind = random.nextInt(10);
    if (kind < 5) {
      return stream.put(noted(partition, writer, record, id), id);
    } else if (kind < 8) {
      OperationOptions options = OperationOptions.defaults().withCondition(condition(random));
      return stream.put(noted(partition, writer, record, id), id.getBytes(), options);
    }
    WriteBatch.Builder batch = WriteBatch.of(partition);
    for (int i = 0; i < RECORDS_EACH; i++) {
      if (i != record) {
        batch.put(noted(partition, writer, i, id).sortKey(), id.getBytes());
      }
    }
    return stream.write(batch.build());
  }

  private static Condition condition(Random random) {
    return random.nextBoolean() ? Condition.absent() : Condition.present();
  }

  private Key noted(String partition, int writer, int record, String id) {
    Key key = Key.of(partition, writer + "/" + record);
    called.computeIfAbsent(key, k -> Collections.synchronizedList(new ArrayList<>())).add(id);
    return key;
  }

  private static Told told(WriteResult result, Throwable thrown) {
    if (thrown == null) {
      return result.tookEffect() ? Told.WRITTEN : Told.CONDITION_FAILED;
    }
    Throwable failure = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    if (failure instanceof NotWrittenException) {
      return Told.NOT_WRITTEN;
    }
    if (failure instanceof IndeterminateException) {
      return Told.INDETERMINATE;
    }
    throw new AssertionError("a write failed in no foreseen way", failure);
  }
}
