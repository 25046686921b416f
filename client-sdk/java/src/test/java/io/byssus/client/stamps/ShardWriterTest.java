package io.byssus.client.stamps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.client.Seeds;
import io.byssus.client.calls.DispatcherClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ShardWriterTest {
  private static final ByteString WRITER = ByteString.copyFromUtf8("0123456789abcdef");
  private static final long ACCEPT_FOR_MILLIS = 300_000;

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final DispatcherClock clock = new DispatcherClock(nanos::get);
  private final ShardWriter writer = new ShardWriter(WRITER, clock, ACCEPT_FOR_MILLIS);
  private final List<Stamp> stamps = new ArrayList<>();

  ShardWriterTest() {
    clock.observe(1_000);
  }

  private void open(int count) {
    for (int i = 0; i < count; i++) {
      writer.open(stamps::add);
    }
  }

  private Stamp last() {
    return stamps.get(stamps.size() - 1);
  }

  @Test
  void sequencesCountFromOneAndTheFirstIsItsOwnLowestOpen() {
    open(2);
    assertEquals(new Stamp(WRITER, 1, 1, 301_000), stamps.get(0));
    assertEquals(new Stamp(WRITER, 2, 1, 301_000), stamps.get(1));
  }

  @Test
  void theLowestOpenMovesPastClosedSequencesOnlyWhenAllBelowAreClosed() {
    open(3);
    writer.close(2);
    open(1);
    assertEquals(1, last().lowestOpen());
    writer.close(1);
    open(1);
    assertEquals(3, last().lowestOpen());
    writer.close(3);
    writer.close(4);
    writer.close(5);
    open(1);
    assertEquals(6, last().lowestOpen());
    assertEquals(6, last().sequence());
  }

  @Test
  void aFullWindowLetsNothingOutUntilItsLowestIsClosed() {
    open(1_024);
    assertEquals(1_024, stamps.size());
    assertEquals(1_023, last().sequence() - last().lowestOpen());
    open(3);
    writer.close(2);
    assertEquals(1_024, stamps.size());
    writer.close(1);
    assertEquals(1_026, stamps.size());
    assertEquals(1_025, stamps.get(1_024).sequence());
    assertEquals(3, stamps.get(1_024).lowestOpen());
    writer.close(4);
    assertEquals(1_026, stamps.size());
    writer.close(3);
    assertEquals(1_027, stamps.size());
  }

  @Test
  void aWithdrawnOpeningGetsNoStamp() {
    open(1_024);
    ShardWriter.Opening withdrawn = stamp -> stamps.add(null);
    writer.open(withdrawn);
    assertTrue(writer.withdraw(withdrawn));
    assertFalse(writer.withdraw(withdrawn));
    open(1);
    writer.close(1);
    assertEquals(1_025, last().sequence());
  }

  @Test
  void whatWaitsForAGivenUpSequenceRunsWhenEverythingBelowIsClosed() {
    open(4);
    List<String> passed = new ArrayList<>();
    writer.giveUp(3, () -> passed.add("3"));
    writer.giveUp(2, () -> passed.add("2"));
    assertEquals(List.of(), passed);
    writer.close(1);
    assertEquals(List.of("2", "3"), passed);
    open(1);
    assertTrue(last().lowestOpen() > 3);
    writer.giveUp(4, () -> passed.add("4"));
    assertEquals(List.of("2", "3", "4"), passed);
  }

  @Test
  void acceptUntilNeverDecreasesThoughTheDispatchersClockDoes() {
    open(1);
    clock.observe(500_000);
    open(1);
    clock.observe(2_000);
    open(1);
    assertEquals(
        List.of(301_000L, 800_000L, 800_000L),
        stamps.stream().map(Stamp::acceptUntilMillis).toList());
  }

  @Test
  void acceptUntilGoesWithTheMonotonicClockBetweenAnswers() {
    nanos.addAndGet(7_000_000_000L);
    open(1);
    assertEquals(308_000, last().acceptUntilMillis());
  }

  @Test
  void aSequenceIsClosedOnce() {
    open(2);
    writer.close(1);
    assertThrows(IllegalStateException.class, () -> writer.close(1));
    assertThrows(IllegalStateException.class, () -> writer.close(3));
  }

  @Test
  void anyOrderOfClosingKeepsTheWindowAndTheFloorRight() {
    long seed = Seeds.next();
    Random random = new Random(seed);
    List<Stamp> openNow = new ArrayList<>();
    long[] lowest = {1};
    for (int step = 0; step < 20_000; step++) {
      if (random.nextInt(100) < 55) {
        writer.open(
            stamp -> {
              openNow.add(stamp);
              assertTrue(stamp.sequence() - stamp.lowestOpen() < 1_024, "seed " + seed);
              long min = openNow.stream().mapToLong(Stamp::sequence).min().orElseThrow();
              assertEquals(min, stamp.lowestOpen(), "seed " + seed);
              assertTrue(stamp.lowestOpen() >= lowest[0], "seed " + seed);
              lowest[0] = stamp.lowestOpen();
            });
      } else if (!openNow.isEmpty()) {
        Stamp closing = openNow.remove(random.nextInt(Math.min(openNow.size(), 40)));
        writer.close(closing.sequence());
      }
    }
  }
}
