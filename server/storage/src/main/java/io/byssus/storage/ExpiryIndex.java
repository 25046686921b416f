package io.byssus.storage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * When something of which record ends by the shard clock: a queue per namespace, ordered by the
 * moment. A record stands in it at most once, and only while something of it will end.
 *
 * <p>Queues are hard on a log-structured store: what was taken from the front stays there as
 * tombstones, and every look at the front would crawl over all of them. So each queue has a low
 * mark, below which it holds nothing, kept with the data: looks begin there, and what lies below is
 * removed: a few entries one by one, many by range, since every range that a memtable holds makes
 * its reads slower. Nothing is ever added below the mark, since only what ends after the shard
 * clock is added, and the mark never passes the clock.
 *
 * <p>{@link #nextDueMillis} is never too late and may be too early where an entry was taken out
 * before its time: whoever acts on it finds nothing to end, once.
 */
final class ExpiryIndex {
  private static final long NEVER = Long.MAX_VALUE;

  /** So many entries are worth a range deletion. */
  static final int WORTH_A_RANGE = 64;

  private final ShardStore store;
  private final Map<Integer, Queue> queues = new HashMap<>();
  private volatile long nextDueMillis = NEVER;
  private volatile boolean backlog;

  /** A namespace's entries. */
  private static final class Queue {
    /** Below this key the queue is empty. */
    byte[] low;

    /** No entry is due after the shard clock of the last commit and before this moment. */
    long nextDueMillis = NEVER;

    /** Whether there may be entries that the shard clock has reached. */
    boolean backlog = true;

    Queue(byte[] low) {
      this.low = low;
    }
  }

  /** What is done with each entry that has come up. */
  interface Removal {
    /** A record, and the moment of its entry, which is gone. */
    void remove(byte[] recordKey, long dueMillis);
  }

  ExpiryIndex(ShardStore store) {
    this.store = store;
  }

  /** Reads where the queues of namespaces begin. */
  void load(Iterable<Integer> namespaces, long clockMillis) {
    for (int namespaceId : namespaces) {
      Queue queue = queue(namespaceId);
      byte[] mark = store.get(ShardKeys.expiryMark(namespaceId));
      if (mark != null) {
        queue.low = mark;
      }
      queue.nextDueMillis = firstAfter(namespaceId, clockMillis);
    }
    publish();
  }

  private Queue queue(int namespaceId) {
    return queues.computeIfAbsent(
        namespaceId, id -> new Queue(ShardKeys.namespace(ShardKeys.EXPIRY, id)));
  }

  void add(byte[] recordKey, long dueMillis, ShardBatch batch) {
    batch.put(ShardKeys.expiry(recordKey, dueMillis), new byte[0]);
    Queue queue = queue(ShardKeys.namespaceOf(recordKey));
    queue.nextDueMillis = Math.min(queue.nextDueMillis, dueMillis);
  }

  void remove(byte[] recordKey, long dueMillis, ShardBatch batch) {
    batch.delete(ShardKeys.expiry(recordKey, dueMillis));
  }

  void drop(int namespaceId, ShardBatch batch) {
    batch.deleteNamespace(ShardKeys.EXPIRY, namespaceId);
    batch.delete(ShardKeys.expiryMark(namespaceId));
    queues.remove(namespaceId);
  }

  /** All changes are written, and the shard clock stands here. */
  void committed(long clockMillis) {
    queues.forEach(
        (namespaceId, queue) -> {
          if (queue.nextDueMillis <= clockMillis) {
            queue.backlog = true;
            queue.nextDueMillis = firstAfter(namespaceId, clockMillis);
          }
        });
    publish();
  }

  private long firstAfter(int namespaceId, long clockMillis) {
    byte[] end = ShardKeys.endOf(ShardKeys.namespace(ShardKeys.EXPIRY, namespaceId));
    byte[] from = ShardKeys.expiryFrom(namespaceId, clockMillis + 1);
    try (ShardStore.Cursor cursor = store.cursor(from, end, null)) {
      return cursor.isValid() ? ShardKeys.dueOf(cursor.key()) : NEVER;
    }
  }

  private void publish() {
    long next = NEVER;
    boolean any = false;
    for (Queue queue : queues.values()) {
      next = Math.min(next, queue.nextDueMillis);
      any |= queue.backlog;
    }
    nextDueMillis = next;
    backlog = any;
  }

  /** The next moment after the shard clock at which something ends. Any thread. */
  OptionalLong nextDueMillis() {
    long next = nextDueMillis;
    return next == NEVER ? OptionalLong.empty() : OptionalLong.of(next);
  }

  /** Whether there may be something on disk that has ended by the shard clock. Any thread. */
  boolean hasBacklog() {
    return backlog;
  }

  /**
   * Takes entries that the shard clock has reached out of the index, oldest first within each
   * namespace, and has their records changed.
   *
   * @param most how many at the most
   * @param deadlineNanos when to stop, by {@link System#nanoTime}; at least one is taken
   * @param batch what to write to; nothing else may be in it
   * @return how many were taken
   */
  int takeDue(long clockMillis, int most, long deadlineNanos, ShardBatch batch, Removal removal) {
    int taken = 0;
    for (Map.Entry<Integer, Queue> entry : queues.entrySet()) {
      if (entry.getValue().backlog && taken < most) {
        taken +=
            takeDue(
                entry.getKey(),
                entry.getValue(),
                clockMillis,
                most - taken,
                deadlineNanos,
                batch,
                removal);
      }
    }
    publish();
    return taken;
  }

  private int takeDue(
      int namespaceId,
      Queue queue,
      long clockMillis,
      int most,
      long deadlineNanos,
      ShardBatch batch,
      Removal removal) {
    byte[] end = ShardKeys.expiryFrom(namespaceId, clockMillis + 1);
    byte[] reached = end;
    int taken = 0;
    boolean more = false;
    List<byte[]> few = new ArrayList<>();
    try (ShardStore.Cursor cursor = store.cursor(queue.low, end, null)) {
      for (; cursor.isValid(); cursor.next()) {
        byte[] key = cursor.key();
        more = taken == most || taken > 0 && System.nanoTime() - deadlineNanos > 0;
        if (more) {
          reached = key;
          break;
        }
        removal.remove(ShardKeys.recordOfExpiry(key), ShardKeys.dueOf(key));
        if (taken < WORTH_A_RANGE) {
          few.add(key);
        }
        taken++;
      }
    }
    if (taken >= WORTH_A_RANGE) {
      batch.deleteRange(queue.low, reached);
    } else {
      few.forEach(batch::delete);
    }
    if (taken > 0) {
      batch.put(ShardKeys.expiryMark(namespaceId), reached);
    }
    queue.low = reached;
    queue.backlog = more;
    return taken;
  }
}
