package io.byssus.bench.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.zip.Deflater;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadsTest {
  private final ScheduledExecutorService answers = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void end() {
    answers.shutdownNow();
  }

  @Test
  void whatWasDueWhileTheSystemStalledCountsFromWhenItWasDue() throws Exception {
    Duration stall = Duration.ofMillis(500);
    long begin = System.nanoTime();
    // Blocks whoever begins one: the load cannot even begin what is due in the meantime.
    Operation stalledAtFirst =
        done -> {
          while (System.nanoTime() - begin < stall.toNanos()) {
            LockSupport.parkNanos(stall.toNanos() - (System.nanoTime() - begin));
          }
          done.accept(null);
        };
    Histogram latencies = new OpenLoop(stalledAtFirst, 1_000, 2_000).run(Duration.ofSeconds(1));
    assertEquals(1_000, latencies.getTotalCount());
    // Half of the operations were due during the stall and waited for a quarter of a second on
    // average; counted from their beginnings, all but one would have taken no time.
    long slow = latencies.getCountBetweenValues(millis(100), millis(10_000));
    assertTrue(slow >= 380, slow + " operations took 100 ms or more");
    assertTrue(latencies.getMaxValue() >= millis(450), "max " + latencies.getMaxValue());
  }

  @Test
  void aSlowAnswerDoesNotKeepTheNextFromBeingBegun() throws Exception {
    AtomicInteger inFlight = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Operation slow =
        done -> {
          most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
          answers.schedule(
              () -> {
                inFlight.decrementAndGet();
                done.accept(null);
              },
              100,
              TimeUnit.MILLISECONDS);
        };
    Histogram latencies = new OpenLoop(slow, 200, 2_000).run(Duration.ofMillis(500));
    assertEquals(100, latencies.getTotalCount());
    assertTrue(most.get() >= 10, most + " were in flight");
    assertTrue(latencies.getMinValue() >= millis(95), "min " + latencies.getMinValue());
  }

  @Test
  void aClosedLoopKeepsAsManyInFlightAsSaid() throws Exception {
    AtomicInteger inFlight = new AtomicInteger();
    Set<Integer> seen = new HashSet<>();
    Queue<Consumer<Throwable>> open = new ConcurrentLinkedQueue<>();
    Operation held =
        done -> {
          inFlight.incrementAndGet();
          open.add(done);
        };
    answers.scheduleAtFixedRate(
        () -> {
          Consumer<Throwable> oldest = open.poll();
          if (oldest != null) {
            seen.add(inFlight.getAndDecrement());
            oldest.accept(null);
          }
        },
        50,
        1,
        TimeUnit.MILLISECONDS);
    double perSecond = new ClosedLoop(held, 8).run(Duration.ofMillis(400));
    assertTrue(perSecond > 0 && perSecond <= 1_000, perSecond + " a second");
    assertTrue(seen.contains(8) && seen.stream().allMatch(number -> number <= 8), seen::toString);
  }

  @Test
  void anOperationThatEndsWhileItIsBegunNeedsNoStack() throws Exception {
    assertTrue(new ClosedLoop(done -> done.accept(null), 1).run(Duration.ofMillis(200)) > 20_000);
  }

  @Test
  void aFailureOfAnOperationFailsTheLoad() {
    Operation failing = done -> done.accept(new IllegalStateException("gone"));
    Duration length = Duration.ofMillis(100);
    for (Exception failed :
        new Exception[] {
          assertThrows(IllegalStateException.class, () -> new ClosedLoop(failing, 4).run(length)),
          assertThrows(
              IllegalStateException.class, () -> new OpenLoop(failing, 100, 2_000).run(length))
        }) {
      assertEquals("gone", failed.getCause().getMessage());
    }
  }

  @Test
  void recordsFollowFromTheirNumbersAndValuesDoNotCompress() {
    Records records = new Records(10_000, 100);
    assertEquals(16, records.key(7).length);
    assertArrayEquals(records.key(7), records.key(7));
    assertArrayEquals(records.value(7), records.value(7));
    assertFalse(Arrays.equals(records.value(7), records.value(8)));
    assertFalse(Arrays.equals(records.key(7), records.key(8)));
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
    for (int i = 0; i < 100; i++) {
      deflater.setInput(records.value(i));
      assertTrue(deflater.deflate(new byte[200], 0, 200, Deflater.SYNC_FLUSH) >= 100);
    }
    deflater.end();
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
