package io.byssus.storage;

import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.log.v1.WriterStamp;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The windows of all live writers of a shard, in memory, and what of them has to be written with
 * the next batch.
 *
 * <p>An entry whose time has passed on the shard clock is absent to every decision from that
 * moment; that its bytes go a little later is housekeeping.
 */
final class WriterTable {
  private static final long SWEEP_EVERY_MILLIS = 10_000;
  static final int SWEEP_AT_MOST = 1_000;

  private final Map<WriterId, Entry> entries = new HashMap<>();
  private final Set<WriterId> changed = new HashSet<>();
  private long sweptAtMillis;

  /** A writer's window, and which of its outcomes are kept. */
  private static final class Entry {
    final WriterWindow window;
    final TreeSet<Long> outcomes = new TreeSet<>();

    Entry(WriterWindow window) {
      this.window = window;
    }
  }

  /** Reads what a shard holds. */
  void load(ShardStore store) {
    store.forEach(
        ShardKeys.WRITERS_PREFIX,
        (key, value) -> entries.put(writerOf(key), new Entry(WriterWindow.decode(value))));
    store.forEach(
        ShardKeys.OUTCOMES_PREFIX,
        (key, value) -> {
          Entry entry = entries.get(writerOf(key));
          if (entry != null) {
            entry.outcomes.add(ByteBuffer.wrap(key).getLong(18));
          }
        });
  }

  private static WriterId writerOf(byte[] key) {
    ByteBuffer buffer = ByteBuffer.wrap(key);
    return new WriterId(buffer.getLong(2), buffer.getLong(10));
  }

  /** Takes note of a stamp that is not too late, and tells what to do with its write. */
  WriterWindow.Verdict admit(WriterStamp stamp, long clockMillis) {
    return live(stamp, clockMillis).admit(stamp);
  }

  /** Takes note of the stamp of a write that will never take effect. */
  void refuse(WriterStamp stamp, long clockMillis) {
    live(stamp, clockMillis).refuse(stamp);
  }

  private WriterWindow live(WriterStamp stamp, long clockMillis) {
    WriterId writer = WriterId.of(stamp);
    Entry entry = entries.get(writer);
    if (entry != null && entry.window.endedBy(clockMillis)) {
      // The old outcomes are absent already; they keep their place in the list until they are
      // deleted.
      Entry fresh = new Entry(new WriterWindow());
      fresh.outcomes.addAll(entry.outcomes);
      entry = fresh;
      entries.put(writer, entry);
    } else if (entry == null) {
      entry = new Entry(new WriterWindow());
      entries.put(writer, entry);
    }
    changed.add(writer);
    return entry.window;
  }

  /** Keeps an admitted write's outcome. */
  void keepOutcome(WriterStamp stamp, WriteOutcome outcome, ShardBatch batch) {
    WriterId writer = WriterId.of(stamp);
    entries.get(writer).outcomes.add(stamp.getSequence());
    batch.put(
        ShardKeys.outcome(writer, stamp.getSequence()),
        new StoredOutcome(outcome, stamp.getAcceptUntilMs()).encode());
  }

  /**
   * Adds what changed to the batch, and now and then the removal of what has ended: some of it with
   * each commit until none is left, however many writers come and go.
   */
  void writeTo(ShardBatch batch, long clockMillis) {
    for (WriterId writer : changed) {
      Entry entry = entries.get(writer);
      batch.put(ShardKeys.writer(writer), entry.window.encode());
      while (!entry.outcomes.isEmpty() && entry.outcomes.first() < entry.window.floor()) {
        batch.delete(ShardKeys.outcome(writer, entry.outcomes.pollFirst()));
      }
    }
    changed.clear();
    if (clockMillis - sweptAtMillis > SWEEP_EVERY_MILLIS && sweep(batch, clockMillis)) {
      sweptAtMillis = clockMillis;
    }
  }

  /** Whether all that has ended is removed. */
  private boolean sweep(ShardBatch batch, long clockMillis) {
    int removed = 0;
    Iterator<Map.Entry<WriterId, Entry>> all = entries.entrySet().iterator();
    while (all.hasNext() && removed < SWEEP_AT_MOST) {
      Map.Entry<WriterId, Entry> next = all.next();
      if (next.getValue().window.endedBy(clockMillis)) {
        batch.delete(ShardKeys.writer(next.getKey()));
        for (long sequence : next.getValue().outcomes) {
          batch.delete(ShardKeys.outcome(next.getKey(), sequence));
        }
        all.remove();
        removed++;
      }
    }
    return !all.hasNext();
  }
}
