package io.byssus.bench.stage;

import io.byssus.client.ByssusClientException;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.OperationOptions;
import io.byssus.client.StreamedWriter;
import io.byssus.client.WriterOptions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** Writes by a stream of which none may fail. For use by one thread. */
final class Filling implements AutoCloseable {
  private static final Duration WRITE_LIMIT = Duration.ofMinutes(1);

  private final StreamedWriter writer;
  private final AtomicReference<ByssusClientException> failed = new AtomicReference<>();

  Filling(Namespace namespace) {
    this.writer = namespace.writer(WriterOptions.defaults().withDeadline(WRITE_LIMIT));
  }

  /** Writes a record, unless one has failed: that is told at the end. */
  void put(Key key, byte[] value) {
    if (failed.get() == null) {
      writer.put(
          key,
          value,
          OperationOptions.defaults(),
          (result, failure) -> {
            if (failure != null) {
              failed.compareAndSet(null, failure);
            }
          });
    }
  }

  /**
   * Waits until all are acknowledged.
   *
   * @throws IllegalStateException where one is not
   */
  @Override
  public void close() {
    writer.close();
    if (failed.get() != null) {
      throw new IllegalStateException("the records cannot be loaded", failed.get());
    }
  }
}
