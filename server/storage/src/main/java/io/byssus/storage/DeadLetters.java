package io.byssus.storage;

import io.byssus.wal.LogEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Log records that are no records of Byssus, kept until somebody has copied them to the dead-letter
 * topic.
 *
 * <p>Every replica keeps them, in the batch that steps over them; the one that copies forgets them.
 * A replica keeps the newest {@value #MAX_KEPT} and no more: the log itself holds all of them.
 */
final class DeadLetters {
  static final int MAX_KEPT = 1_000;
  private static final long MAX_READ_BYTES = 8L * 1024 * 1024;

  private final ShardStore store;
  private final TreeSet<Long> kept = new TreeSet<>();
  private final ConcurrentSkipListSet<Long> copied = new ConcurrentSkipListSet<>();
  private volatile int size;

  DeadLetters(ShardStore store) {
    this.store = store;
    store.forEach(
        ShardKeys.DEAD_LETTERS_PREFIX, (key, value) -> kept.add(ByteBuffer.wrap(key).getLong(1)));
    size = kept.size();
  }

  /** How many wait to be copied. */
  int size() {
    return size;
  }

  /**
   * The oldest that wait: at least one, at most a hundred, and no more once there are 8 MiB of
   * them.
   */
  List<DeadLetter> oldest() {
    List<DeadLetter> letters = new ArrayList<>();
    long bytes = 0;
    try (ShardStore.Cursor cursor =
        store.cursor(
            ShardKeys.DEAD_LETTERS_PREFIX, ShardKeys.endOf(ShardKeys.DEAD_LETTERS_PREFIX), null)) {
      for (; cursor.isValid() && letters.size() < 100 && bytes < MAX_READ_BYTES; cursor.next()) {
        DeadLetter letter = decode(cursor.key(), cursor.value());
        if (!copied.contains(letter.offset())) {
          letters.add(letter);
          bytes += letter.bytes().length;
        }
      }
    }
    return letters;
  }

  /** Forgets a letter: it has been copied. Takes effect with the shard's next batch. */
  void copied(long offset) {
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
    for (Long offset = copied.pollFirst(); offset != null; offset = copied.pollFirst()) {
      if (kept.remove(offset)) {
        batch.delete(ShardKeys.deadLetter(offset));
      }
    }
    while (kept.size() > MAX_KEPT) {
      batch.delete(ShardKeys.deadLetter(kept.pollFirst()));
    }
    size = kept.size();
  }

  private static DeadLetter decode(byte[] key, byte[] value) {
    int reasonLength = ByteBuffer.wrap(value).getInt();
    return new DeadLetter(
        ByteBuffer.wrap(key).getLong(1),
        new String(value, 4, reasonLength, StandardCharsets.UTF_8),
        Arrays.copyOfRange(value, 4 + reasonLength, value.length));
  }
}
