package io.byssus.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ShardFeedTest {
  private final ArrayDeque<Runnable> lane = new ArrayDeque<>();
  private final ApplyLanes lanes =
      new ApplyLanes() {
        @Override
        public void execute(Runnable task) {
          lane.add(task);
        }

        @Override
        public void executeIn(long nanos, Runnable task) {
          restNanos = nanos;
          rested = task;
        }
      };
  private long nowNanos;
  private long restNanos;
  private Runnable rested;
  private final CollectingTarget target = new CollectingTarget(0, 0, -1);

  private static LogEntry entry(long offset, int bytes) {
    return new LogEntry(offset, 0, 0, new byte[bytes]);
  }

  private static List<LogEntry> entries(long from, int count) {
    return LongStream.range(from, from + count).mapToObj(offset -> entry(offset, 1)).toList();
  }

  private ShardFeed feed(long budgetBytes) {
    return feed(target, new FeedBudget(budgetBytes));
  }

  private ShardFeed feed(CollectingTarget of, FeedBudget budget) {
    ShardFeed feed = new ShardFeed(of, lanes, budget, () -> nowNanos);
    of.onAwaited(feed::awaited);
    return feed;
  }

  private void applyAll() {
    while (!lane.isEmpty()) {
      lane.poll().run();
    }
  }

  @Test
  void whatComesWhileABatchIsAppliedIsTheNextBatch() {
    ShardFeed feed = feed(1 << 30);
    feed.offer(List.of(entry(0, 1)));
    assertEquals(1, lane.size());
    feed.offer(List.of(entry(1, 1)));
    feed.offer(List.of(entry(2, 1)));
    assertEquals(1, lane.size(), "never two at once");
    applyAll();
    assertEquals(3, target.entries().size());
  }

  @Test
  void aShardRestsAfterABatchTheLongerTheLargerItWas() {
    ShardFeed feed = feed(1 << 30);
    feed.offer(entries(0, 10));
    applyAll();
    feed.offer(entries(10, 1));
    assertEquals(0, lane.size(), "it rests");
    assertEquals(10 * 200_000L, restNanos);
    nowNanos += restNanos;
    rested.run();
    applyAll();
    assertEquals(11, target.entries().size());
    nowNanos += 200_000;
    feed.offer(entries(11, 1_000));
    applyAll();
    assertEquals(1_011, target.entries().size(), "it has rested");
    feed.offer(entries(1_011, 1));
    assertEquals(ApplyPace.MOST_REST_NANOS, restNanos);
  }

  @Test
  void aShardDoesNotRestWhereSomebodyWaitsOrEnoughHasCome() {
    ShardFeed feed = feed(1 << 30);
    feed.offer(entries(0, 1_000));
    applyAll();
    feed.offer(entries(1_000, 1));
    assertEquals(0, lane.size());
    target.await(true);
    applyAll();
    assertEquals(1_001, target.entries().size());
    nowNanos += restNanos;
    rested.run();
    assertEquals(0, lane.size(), "nothing is left to be applied");
    feed.offer(entries(1_001, 1_000));
    applyAll();
    assertEquals(2_001, target.entries().size());
    target.await(false);
    feed.offer(entries(2_001, ApplyPace.ENOUGH_ENTRIES - 1));
    assertEquals(0, lane.size());
    feed.offer(entries(2_000 + ApplyPace.ENOUGH_ENTRIES, 1));
    applyAll();
    assertEquals(2_001 + ApplyPace.ENOUGH_ENTRIES, target.entries().size());
  }

  @Test
  void aShardThatEndsWhileItRestsEndsAtOnce() {
    ShardFeed feed = feed(1 << 30);
    feed.offer(entries(0, 10));
    applyAll();
    feed.offer(entries(10, 1));
    assertTrue(feed.end().isDone());
    rested.run();
    assertEquals(0, lane.size());
    assertEquals(10, target.entries().size());
  }

  @Test
  void offsetsGoOnFromWhatWasOffered() {
    ShardFeed feed = feed(1 << 30);
    feed.offer(entries(0, 3));
    applyAll();
    assertEquals(3, target.entries().size());
    assertEquals(3, feed.nextOffset());
  }

  @Test
  void aFullQueueSaysSoAndTellsWhenThereIsRoom() {
    ShardFeed feed = feed(1 << 30);
    AtomicInteger drained = new AtomicInteger();
    feed.onDrained(drained::incrementAndGet);
    for (int i = 0; i < 9; i++) {
      feed.offer(List.of(entry(i, 1 << 20)));
    }
    assertTrue(feed.full());
    lane.poll().run();
    assertTrue(feed.full(), "it was more than full, and is still more than half full");
    lane.poll().run();
    assertEquals(1, drained.get());
    assertFalse(feed.full());
    applyAll();
    assertEquals(9, target.entries().size());
  }

  @Test
  void feedsShareABudgetAndAnEmptyOneMayAlwaysGoOn() {
    FeedBudget budget = new FeedBudget(1_000);
    ShardFeed one = feed(target, budget);
    ShardFeed other = feed(new CollectingTarget(1, 0, -1), budget);
    one.offer(List.of(entry(0, 2_000)));
    assertTrue(one.full());
    assertFalse(other.full());
    other.offer(List.of(entry(0, 1)));
    assertTrue(other.full());
    applyAll();
    assertFalse(one.full());
    assertFalse(other.full());
    assertFalse(budget.exceeded());
  }

  @Test
  void whatIsQueuedWhenItEndsIsDroppedAndItsMemoryGivenBack() {
    FeedBudget budget = new FeedBudget(1_000);
    ShardFeed feed = feed(target, budget);
    feed.offer(List.of(entry(0, 2_000)));
    CompletableFuture<Void> ended = feed.end();
    assertFalse(ended.isDone(), "a batch is on its way");
    feed.offer(List.of(entry(1, 1)));
    applyAll();
    assertTrue(ended.isDone());
    assertEquals(List.of(), target.entries());
    assertFalse(budget.exceeded());
  }
}
