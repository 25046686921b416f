package io.byssus.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.byssus.wal.LogEnds.End;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LogEndsTest {
  private static final long LONG = TimeUnit.MINUTES.toMillis(2);

  private final LogEnds<String> ends = new LogEnds<>();

  private static CompletableFuture<Long> at(long offset) {
    return CompletableFuture.completedFuture(offset);
  }

  private static CompletableFuture<Long> open() {
    return new CompletableFuture<>();
  }

  @Test
  void aShardWhoseLeaderDoesNotAnswerLeavesTheOthersTheirEnds() {
    Map<Integer, CompletableFuture<Long>> answers =
        Map.of(
            0, at(5),
            1, open(),
            2, CompletableFuture.failedFuture(new IllegalStateException("no leader")),
            3, at(-1),
            4, at(0));
    assertEquals(
        Map.of(0, new End<>(5, "first"), 4, new End<>(0, "first")),
        assertTimeoutPreemptively(
            Duration.ofMinutes(1), () -> ends.await("first", answers, LONG, 50)));
  }

  @Test
  void theFirstAnswerIsWaitedForLongerThanTheOthers() throws Exception {
    CompletableFuture<Long> slow = open();
    slow.completeOnTimeout(7L, 100, TimeUnit.MILLISECONDS);
    assertEquals(Map.of(3, new End<>(7, "a")), ends.await("a", Map.of(3, slow), LONG, 1));
    assertEquals(Map.of(), ends.await("b", Map.of(3, open()), 1, LONG));
  }

  @Test
  void aLeaderThatIsAlwaysSlowIsHeardAtTheNextLookWithWhatWasKnownWhenItWasAsked()
      throws Exception {
    CompletableFuture<Long> slow = open();
    assertEquals(
        Map.of(0, new End<>(1, "first")), ends.await("first", Map.of(0, at(1), 1, slow), LONG, 1));
    slow.complete(10L);
    CompletableFuture<Long> slowAgain = open();
    assertEquals(
        Map.of(0, new End<>(2, "second"), 1, new End<>(10, "first")),
        ends.await("second", Map.of(0, at(2), 1, slowAgain), LONG, 1));
    slowAgain.complete(11L);
    assertEquals(
        Map.of(0, new End<>(3, "third"), 1, new End<>(11, "second")),
        ends.await("third", Map.of(0, at(3), 1, open()), LONG, 1));
  }

  @Test
  void anAnswerIsNotToldBehindThatToALaterQuestion() throws Exception {
    CompletableFuture<Long> late = open();
    CompletableFuture<Long> failed = open();
    ends.await("first", Map.of(0, late, 1, failed, 2, at(1)), LONG, 1);
    assertEquals(
        Map.of(0, new End<>(9, "second")), ends.await("second", Map.of(0, at(9)), LONG, 1));
    late.complete(8L);
    failed.completeExceptionally(new IllegalStateException("no leader"));
    assertEquals(Map.of(2, new End<>(4, "third")), ends.await("third", Map.of(2, at(4)), LONG, 1));
  }
}
