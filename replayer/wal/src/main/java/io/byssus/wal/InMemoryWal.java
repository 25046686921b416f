package io.byssus.wal;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.log.v1.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * The log in memory, for tests: keeps the same promises as {@link KafkaWal}, and can be told to be
 * away.
 *
 * <p>While it holds its answers, records are appended and their futures stay open until {@link
 * #release}.
 */
public final class InMemoryWal implements Wal {
  private final List<List<LogEntry>> shards = new ArrayList<>();
  private final List<Runnable> held = new ArrayList<>();
  private final LongSupplier clockMillis;
  private boolean available = true;
  private boolean holding;

  /** An empty log whose broker has the given clock. */
  public InMemoryWal(int shardCount, LongSupplier clockMillis) {
    for (int shard = 0; shard < shardCount; shard++) {
      shards.add(new ArrayList<>());
    }
    this.clockMillis = clockMillis;
  }

  @Override
  public CompletableFuture<Long> append(int shard, LogRecord record) {
    CompletableFuture<Long> result = new CompletableFuture<>();
    Runnable answer;
    synchronized (this) {
      if (!available) {
        result.completeExceptionally(
            new ByssusException(
                ErrorCode.LOG_UNAVAILABLE, "the log of shard " + shard + " is away"));
        return result;
      }
      List<LogEntry> entries = shards.get(shard);
      long offset = entries.size();
      entries.add(new LogEntry(offset, 0, clockMillis.getAsLong(), record.toByteArray()));
      answer = () -> result.complete(offset);
      if (holding) {
        held.add(answer);
        return result;
      }
    }
    answer.run();
    return result;
  }

  @Override
  public CompletableFuture<Void> firstLook() {
    return CompletableFuture.completedFuture(null);
  }

  /** Appends bytes as they are: what a faulty or foreign writer would leave. */
  public synchronized long appendRaw(int shard, byte[] bytes) {
    List<LogEntry> entries = shards.get(shard);
    entries.add(new LogEntry(entries.size(), 0, clockMillis.getAsLong(), bytes));
    return entries.size() - 1L;
  }

  /** A shard's entries from an offset on. */
  public synchronized List<LogEntry> read(int shard, long fromOffset) {
    List<LogEntry> entries = shards.get(shard);
    return List.copyOf(entries.subList((int) Math.min(fromOffset, entries.size()), entries.size()));
  }

  /** Whether records are taken. */
  public synchronized void setAvailable(boolean available) {
    this.available = available;
  }

  /** From now on appends records without answering. */
  public synchronized void hold() {
    holding = true;
  }

  /** Answers for all records appended while holding, and stops holding. */
  public void release() {
    List<Runnable> answers;
    synchronized (this) {
      holding = false;
      answers = List.copyOf(held);
      held.clear();
    }
    answers.forEach(Runnable::run);
  }

  @Override
  public void close() {
    setAvailable(false);
  }
}
