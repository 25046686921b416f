package io.byssus.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LogIdentityCheckTest {
  private static final long LONG = TimeUnit.MINUTES.toMillis(2);

  @Test
  void aShardWhoseLeaderDoesNotAnswerLeavesTheOthersTheirEnds() {
    Map<Integer, CompletableFuture<Long>> asked =
        Map.of(
            0, CompletableFuture.completedFuture(5L),
            1, new CompletableFuture<>(),
            2, CompletableFuture.failedFuture(new IllegalStateException("no leader")),
            3, CompletableFuture.completedFuture(-1L),
            4, CompletableFuture.completedFuture(0L));
    assertEquals(
        Map.of(0, 5L, 4, 0L),
        assertTimeoutPreemptively(
            Duration.ofMinutes(1), () -> LogIdentityCheck.arrived(asked, LONG, 50)));
  }

  @Test
  void theFirstAnswerIsWaitedForLongerThanTheOthers() throws Exception {
    CompletableFuture<Long> slow = new CompletableFuture<>();
    slow.completeOnTimeout(7L, 100, TimeUnit.MILLISECONDS);
    assertEquals(Map.of(3, 7L), LogIdentityCheck.arrived(Map.of(3, slow), LONG, 1));
    assertEquals(Map.of(), LogIdentityCheck.arrived(Map.of(3, new CompletableFuture<>()), 1, LONG));
  }
}
