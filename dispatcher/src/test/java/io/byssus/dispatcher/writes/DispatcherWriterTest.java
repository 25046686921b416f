package io.byssus.dispatcher.writes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The windows of the dispatcher's own writer. */
class DispatcherWriterTest {
  private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final DispatcherWriter writer = new DispatcherWriter(new Random(1), movingClock());

  @Test
  void sequencesOfAShardCountFromOneWithoutGaps() {
    for (int i = 1; i <= 5; i++) {
      DispatcherWriter.Slot slot = writer.open(3).join();
      assertEquals(i, slot.stamp().getSequence());
      slot.close();
    }
    assertEquals(1, writer.open(4).join().stamp().getSequence());
  }

  @Test
  void lowestOpenIsTheOldestSequenceThatIsNotClosed() {
    DispatcherWriter.Slot first = writer.open(0).join();
    DispatcherWriter.Slot second = writer.open(0).join();
    second.close();
    assertEquals(1, writer.open(0).join().stamp().getLowestOpen());
    first.close();
    // 3 is still open.
    assertEquals(3, writer.open(0).join().stamp().getLowestOpen());
  }

  @Test
  void theWindowIsNeverWiderThanTheLimitWhateverTheOrderOfClosing() {
    Random random = new Random(7);
    long[] widest = new long[1];
    List<DispatcherWriter.Slot> open = new ArrayList<>();
    List<CompletableFuture<DispatcherWriter.Slot>> waiting = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      if (random.nextInt(100) < 55 && waiting.size() < 50) {
        waiting.add(writer.open(0));
      } else if (!open.isEmpty()) {
        open.remove(random.nextInt(open.size())).close();
      }
      waiting.removeIf(
          place -> {
            if (place.isDone()) {
              DispatcherWriter.Slot slot = place.join();
              long width = slot.stamp().getSequence() - slot.stamp().getLowestOpen();
              assertTrue(width >= 0 && width < Limits.WRITER_WINDOW, "width " + width);
              widest[0] = Math.max(widest[0], width);
              open.add(slot);
            }
            return place.isDone();
          });
    }
    assertEquals(Limits.WRITER_WINDOW - 1, widest[0], "the window was never full");
  }

  @Test
  void atAFullWindowTheLineMovesWhenTheOldestCloses() {
    List<DispatcherWriter.Slot> open = fill();
    CompletableFuture<DispatcherWriter.Slot> waits = writer.open(0);
    open.get(500).close();
    assertFalse(waits.isDone());
    open.get(0).close();
    assertEquals(Limits.WRITER_WINDOW + 1L, waits.join().stamp().getSequence());
    assertEquals(2, waits.join().stamp().getLowestOpen());
  }

  @Test
  void whoLeavesTheLineTakesNoSequence() {
    List<DispatcherWriter.Slot> open = fill();
    CompletableFuture<DispatcherWriter.Slot> leaves = writer.open(0);
    CompletableFuture<DispatcherWriter.Slot> stays = writer.open(0);
    assertEquals(2, writer.waiting());
    leaves.cancel(false);
    assertEquals(1, writer.waiting());
    open.get(0).close();
    assertEquals(Limits.WRITER_WINDOW + 1L, stays.join().stamp().getSequence());
  }

  @Test
  void theLineIsBounded() {
    fill();
    for (int i = 0; i < 4_096; i++) {
      writer.open(0);
    }
    CompletionException refused =
        assertThrows(CompletionException.class, () -> writer.open(0).join());
    assertEquals(ErrorCode.OVERLOADED, ((ByssusException) refused.getCause()).code());
  }

  @Test
  void aLongLineOfWritesThatAllFailAtOnceIsNoDeepRecursion() {
    List<DispatcherWriter.Slot> open = fill();
    for (int i = 0; i < 4_096; i++) {
      writer.open(0).thenAccept(DispatcherWriter.Slot::close);
    }
    open.subList(1, open.size()).forEach(DispatcherWriter.Slot::close);
    assertEquals(4_096, writer.waiting());
    open.get(0).close();
    assertEquals(0, writer.waiting());
    assertEquals(Limits.WRITER_WINDOW + 4_096L + 1, writer.open(0).join().stamp().getSequence());
  }

  @Test
  void closingTwiceClosesOneSequence() {
    DispatcherWriter.Slot first = writer.open(0).join();
    writer.open(0).join();
    first.close();
    first.close();
    assertEquals(2, writer.open(0).join().stamp().getLowestOpen());
  }

  @Test
  void acceptUntilNeverDecreasesThoughTheClockMayGoBack() {
    long first = writer.open(0).join().stamp().getAcceptUntilMs();
    assertEquals(START.plus(Duration.ofMinutes(5)).toEpochMilli(), first);
    now.set(START.minusSeconds(60));
    assertEquals(first, writer.open(0).join().stamp().getAcceptUntilMs());
    now.set(START.plusSeconds(1));
    assertEquals(first + 1_000, writer.open(0).join().stamp().getAcceptUntilMs());
  }

  @Test
  void aGivenUpSequenceIsPassedOnceEveryStampFromThenOnLiesAboveIt() {
    DispatcherWriter.Slot first = writer.open(0).join();
    DispatcherWriter.Slot lost = writer.open(0).join();
    AtomicReference<Long> floor = new AtomicReference<>();
    lost.giveUp(() -> floor.set(writer.open(0).join().stamp().getLowestOpen()));
    assertNull(floor.get(), "the first is open below it");
    first.close();
    assertTrue(floor.get() > lost.stamp().getSequence(), "floor " + floor.get());
  }

  private List<DispatcherWriter.Slot> fill() {
    List<DispatcherWriter.Slot> open = new ArrayList<>();
    for (int i = 0; i < Limits.WRITER_WINDOW; i++) {
      open.add(writer.open(0).join());
    }
    return open;
  }

  private Clock movingClock() {
    return new Clock() {
      @Override
      public java.time.ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(java.time.ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return now.get();
      }
    };
  }
}
