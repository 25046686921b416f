package io.byssus.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ShardFeedTest {
  private final ArrayDeque<Runnable> lane = new ArrayDeque<>();
  private final CollectingTarget target = new CollectingTarget(0, 0, -1);

  private static LogEntry entry(long offset, int bytes) {
    return new LogEntry(offset, 0, 0, new byte[bytes]);
  }

  private ShardFeed feed(long budgetBytes) {
    return new ShardFeed(target, lane::add, new FeedBudget(budgetBytes));
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
    ShardFeed one = new ShardFeed(target, lane::add, budget);
    ShardFeed other = new ShardFeed(new CollectingTarget(1, 0, -1), lane::add, budget);
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
    ShardFeed feed = new ShardFeed(target, lane::add, budget);
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
