package io.byssus.storage;

import io.byssus.wal.LogEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Log records that are no records of Byssus, kept until somebody has copied them to the dead-letter
 * topic.
 *
 * <p>Every replica keeps them, in the batch that steps over them; the one that copies forgets them.
 * A replica keeps the newest {@value #MAX_KEPT} and no more: the log itself holds all of them.
 */
public final class DeadLetters {
  static final int MAX_KEPT = 1_000;

  private final ShardStore store;
  private final TreeSet<Long> kept = new TreeSet<>();
  private final ConcurrentLinkedQueue<Long> copied = new ConcurrentLinkedQueue<>();
  private volatile int size;

  DeadLetters(ShardStore store) {
    this.store = store;
    store.forEach(
        ShardKeys.DEAD_LETTERS_PREFIX, (key, value) -> kept.add(ByteBuffer.wrap(key).getLong(1)));
    size = kept.size();
  }

  /**
   * A record that could not be understood.
   *
   * @param offset its offset in the shard's log
   * @param why what was wrong with it
   * @param bytes the record
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Letter(long offset, String why, byte[] bytes) {}

  /** How many wait to be copied. */
  public int size() {
    return size;
  }

  /** The oldest that wait, at most a hundred. */
  public List<Letter> oldest() {
    List<Letter> letters = new ArrayList<>();
    try (ShardStore.Cursor cursor =
        store.cursor(
            ShardKeys.DEAD_LETTERS_PREFIX, ShardKeys.endOf(ShardKeys.DEAD_LETTERS_PREFIX), null)) {
      for (; cursor.isValid() && letters.size() < 100; cursor.next()) {
        letters.add(decode(cursor.key(), cursor.value()));
      }
    }
    return letters;
  }

  /** Forgets a letter: it has been copied. Takes effect with the shard's next batch. */
  public void copied(long offset) {
    copied.add(offset);
  }

  void keep(LogEntry entry, String why, ShardBatch batch) {
    byte[] reason = why.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = entry.bytes() == null ? new byte[0] : entry.bytes();
    batch.put(
        ShardKeys.deadLetter(entry.offset()),
        ByteBuffer.allocate(4 + reason.length + bytes.length)
            .putInt(reason.length)
            .put(reason)
            .put(bytes)
            .array());
    kept.add(entry.offset());
    size = kept.size();
  }

  /** Adds to the batch the removal of what was copied and of what is too much. */
  void trim(ShardBatch batch) {
    for (Long offset = copied.poll(); offset != null; offset = copied.poll()) {
      if (kept.remove(offset)) {
        batch.delete(ShardKeys.deadLetter(offset));
      }
    }
    while (kept.size() > MAX_KEPT) {
      batch.delete(ShardKeys.deadLetter(kept.pollFirst()));
    }
    size = kept.size();
  }

  private static Letter decode(byte[] key, byte[] value) {
    int reasonLength = ByteBuffer.wrap(value).getInt();
    return new Letter(
        ByteBuffer.wrap(key).getLong(1),
        new String(value, 4, reasonLength, StandardCharsets.UTF_8),
        Arrays.copyOfRange(value, 4 + reasonLength, value.length));
  }
}
