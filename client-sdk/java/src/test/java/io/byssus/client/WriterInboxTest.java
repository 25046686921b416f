package io.byssus.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.client.calls.CallFailure;
import io.byssus.client.stamps.RecordOrder;
import io.byssus.model.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a writer's thread finds when it looks for deadlines that have passed. */
final class WriterInboxTest {
  private final WriterInbox inbox = new WriterInbox();

  private static StreamedWrite write(long deadline) {
    return new StreamedWrite(
        null,
        new RecordOrder(),
        ByteString.EMPTY,
        List.of(),
        List.of(),
        1,
        deadline,
        (result, failure) -> {});
  }

  private StreamedWrite begun(long deadline) {
    StreamedWrite write = write(deadline);
    assertTrue(inbox.begun(write));
    return write;
  }

  @Test
  void aMissedDeadlineIsFoundWhateverWasBegunBeforeIt() {
    StreamedWrite late = begun(1_000);
    StreamedWrite soon = begun(10);
    assertEquals(List.of(), inbox.overdue(9));
    assertEquals(List.of(soon), inbox.overdue(10));
    assertEquals(List.of(late), inbox.overdue(2_000));
  }

  @Test
  void aWriteThatIsNotedJustBeforeAnEndlessWaitEndsIt() {
    begun(10);
    assertTimeoutPreemptively(Duration.ofSeconds(10), () -> inbox.take(Long.MAX_VALUE));
  }

  @Test
  void deadlinesAreFoundOnTheClockThatWrapsAround() {
    StreamedWrite after = begun(Long.MIN_VALUE + 5);
    StreamedWrite before = begun(Long.MAX_VALUE - 5);
    assertEquals(List.of(before), inbox.overdue(Long.MAX_VALUE));
    assertEquals(List.of(after), inbox.overdue(Long.MIN_VALUE + 5));
  }

  @Test
  void eachMissedDeadlineIsFoundWhenItIsMissedInWhateverOrderTheyWereGiven() {
    Random random = new Random(Seeds.next());
    List<StreamedWrite> open = new ArrayList<>();
    Set<StreamedWrite> overdue = new HashSet<>();
    for (int step = 0; step < 20_000; step++) {
      if (random.nextInt(3) > 0) {
        open.add(begun(step + random.nextInt(1_000)));
      }
      if (random.nextInt(3) == 0 && !open.isEmpty()) {
        StreamedWrite told = open.remove(random.nextInt(open.size()));
        overdue.remove(told);
        inbox.told(List.of(told));
      }
      long now = step;
      List<StreamedWrite> found = inbox.overdue(now);
      open.stream()
          .filter(w -> w.deadline() <= now && !overdue.contains(w))
          .sorted(Comparator.comparingLong(StreamedWrite::deadline))
          .forEach(w -> assertTrue(found.contains(w), "missed at " + now + ": " + w.deadline()));
      overdue.addAll(found);
      open.removeAll(found);
      inbox.told(found);
    }
    inbox.told(open);
    assertTrue(inbox.isIdle());
  }

  @Test
  void whatWasToldIsNotKeptBehindAWriteThatIsStuck() {
    UntoldWrites untold = new UntoldWrites();
    StreamedWrite stuck = write(1);
    untold.add(stuck);
    for (int i = 0; i < 10_000; i++) {
      StreamedWrite quick = write(2 + i);
      untold.add(quick);
      untold.told(List.of(quick));
      assertTrue(untold.kept() < 30, untold.kept() + " kept");
    }
    assertEquals(List.of(stuck), untold.all());
    untold.told(List.of(stuck));
    assertEquals(0, untold.kept());
  }

  @Test
  void aWriteThatWasToldBeforeItWasNotedIsNotWaitedFor() {
    StreamedWrite quick = write(1);
    quick.refuse(CallFailure.local(ErrorCode.OVERLOADED, "full"), "id");
    inbox.told(List.of(quick));
    begun(5);
    inbox.begun(quick);
    assertFalse(inbox.isIdle());
    assertEquals(1, inbox.close().size());
  }
}
