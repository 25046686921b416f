package io.byssus.bench.cases;

import io.byssus.bench.load.Operation;
import io.byssus.bench.load.Records;
import io.byssus.client.ByssusClientException;
import io.byssus.client.Consistency;
import io.byssus.client.Key;
import io.byssus.client.MultiGetResult;
import io.byssus.client.Namespace;
import io.byssus.client.OperationOptions;
import io.byssus.client.ReadOptions;
import io.byssus.client.StreamedWriter;
import io.byssus.client.WriterOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Writes by a stream into a namespace, counted when a replica has them. */
final class Streamed implements AutoCloseable {
  private static final Duration VISIBLE_LIMIT = Duration.ofMinutes(2);

  private static final Duration WRITE_LIMIT = Duration.ofMinutes(1);

  /** Of so many writes, every shard has some. */
  private static final int LAST = 1_000;

  private final Namespace namespace;
  private final Records records;
  private final StreamedWriter writer;
  private long next;

  Streamed(Namespace namespace, Records records) {
    this.namespace = namespace;
    this.records = records;
    this.writer = namespace.writer(WriterOptions.defaults().withDeadline(WRITE_LIMIT));
  }

  /** Streams records, each of the next of these numbers. */
  static Operation puts(StreamedWriter writer, Records records, LongSupplier numbers) {
    return done -> {
      long number = numbers.getAsLong();
      writer.put(
          Key.of(records.key(number)),
          records.value(number),
          OperationOptions.defaults(),
          (result, failure) -> done.accept(failure));
    };
  }

  /**
   * Writes as fast as it goes, waits until all are acknowledged, and then until all can be read: a
   * session read waits for everything that its session wrote to the shard, and the last writes lie
   * in all shards.
   *
   * @return writes a second, until the last was visible
   */
  double run(Duration length) {
    LongAdder acknowledged = new LongAdder();
    AtomicReference<ByssusClientException> failed = new AtomicReference<>();
    Deque<Key> last = new ArrayDeque<>(LAST);
    long before = next;
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < length.toNanos() && failed.get() == null) {
      long number = next++ % records.count();
      Key key = Key.of(records.key(number));
      writer.put(
          key,
          records.value(number),
          OperationOptions.defaults(),
          (result, failure) -> {
            if (failure == null) {
              acknowledged.increment();
            } else {
              failed.compareAndSet(null, failure);
            }
          });
      if (last.size() == LAST) {
        last.remove();
      }
      last.add(key);
    }
    writer.flush();
    long written = next - before;
    if (failed.get() != null || acknowledged.sum() != written) {
      throw new IllegalStateException(
          acknowledged.sum() + " of " + written + " writes were acknowledged", failed.get());
    }
    awaitVisible(new ArrayList<>(last));
    return written / ((System.nanoTime() - begin) / 1e9);
  }

  private void awaitVisible(List<Key> keys) {
    ReadOptions seeing =
        ReadOptions.defaults().withConsistency(Consistency.SESSION).withDeadline(VISIBLE_LIMIT);
    MultiGetResult read = namespace.multiGet(keys, seeing);
    if (!read.failures().isEmpty() || read.results().stream().anyMatch(r -> r.record().isEmpty())) {
      throw new IllegalStateException(
          "of the last " + keys.size() + " records, " + read.records().size() + " can be read");
    }
  }

  @Override
  public void close() {
    writer.close();
  }
}
