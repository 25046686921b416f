package io.byssus.wal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits for the ends of shards that their leaders were asked for, and not long for some where the
 * others have answered: those would grow old. An answer that comes later is told with the next
 * question's, so that a shard whose leader is always slow is heard of too. For one thread.
 *
 * @param <C> what the asker knew when it asked
 */
final class LogEnds<C> {
  /** A question that has not had all its answers, each of which comes or fails in its time. */
  private record Question<C>(C asked, Map<Integer, CompletableFuture<Long>> open) {}

  /**
   * The end of a shard.
   *
   * @param asked what the asker knew when it asked for it
   */
  record End<C>(long offset, C asked) {}

  private final Deque<Question<C>> newestFirst = new ArrayDeque<>();

  /**
   * What is known of the shards' ends a little after the first leader has answered: for each shard
   * the answer to the newest question that was answered and not told yet. A shard whose leader has
   * answered none is left out.
   *
   * @param answers to a new question, which will all end some time
   * @param firstMillis how long to wait for the first answer to it
   * @param stragglersMillis how long to wait for the others after it
   */
  Map<Integer, End<C>> await(
      C asked,
      Map<Integer, CompletableFuture<Long>> answers,
      long firstMillis,
      long stragglersMillis)
      throws InterruptedException {
    newestFirst.addFirst(new Question<>(asked, new HashMap<>(answers)));
    CompletableFuture<?>[] answered =
        answers.values().stream()
            .map(answer -> answer.handle((end, failure) -> end))
            .toArray(CompletableFuture[]::new);
    if (isDone(CompletableFuture.anyOf(answered), firstMillis)) {
      isDone(CompletableFuture.allOf(answered), stragglersMillis);
    }
    Map<Integer, End<C>> ends = new HashMap<>();
    for (Iterator<Question<C>> questions = newestFirst.iterator(); questions.hasNext(); ) {
      Question<C> question = questions.next();
      // An older answer would only take the shard back: it is not told, now or later.
      question.open.keySet().removeAll(ends.keySet());
      question
          .open
          .entrySet()
          .removeIf(
              open -> {
                CompletableFuture<Long> answer = open.getValue();
                // Looked at once: one that comes a moment later stays, and is told at the next
                // look.
                boolean done = answer.isDone();
                if (done && !answer.isCompletedExceptionally() && answer.join() >= 0) {
                  ends.put(open.getKey(), new End<>(answer.join(), question.asked));
                }
                return done;
              });
      if (question.open.isEmpty()) {
        questions.remove();
      }
    }
    return ends;
  }

  private static boolean isDone(CompletableFuture<?> future, long withinMillis)
      throws InterruptedException {
    try {
      future.get(withinMillis, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("failures were taken out of it", e);
    }
  }
}
