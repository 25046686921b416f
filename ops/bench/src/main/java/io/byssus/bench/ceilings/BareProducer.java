package io.byssus.bench.ceilings;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Kafka's producer alone. */
public final class BareProducer implements AutoCloseable {
  private final BareLog log;
  private final boolean byKey;
  private final KafkaProducer<byte[], byte[]> producer;
  private long sent;

  /** A producer of a topic: one partition after the other. */
  public BareProducer(BareLog log) {
    this(log, false);
  }

  private BareProducer(BareLog log, boolean byKey) {
    this.log = log;
    this.byKey = byKey;
    this.producer = log.producer();
  }

  /** One that leaves the partition to Kafka, which goes by the key. */
  public static BareProducer byKey(BareLog log) {
    return new BareProducer(log, true);
  }

  /**
   * Sends as fast as it goes, and waits until all is acknowledged.
   *
   * @return records a second, until the last acknowledgement
   */
  public double run(Duration length, LongFunction<byte[]> key, LongFunction<byte[]> value) {
    long begin = System.nanoTime();
    long before = sent;
    send(() -> System.nanoTime() - begin < length.toNanos(), key, value);
    return (sent - before) / ((System.nanoTime() - begin) / 1e9);
  }

  /** Sends so many records, and waits until all are acknowledged. */
  public void send(long records, LongFunction<byte[]> key, LongFunction<byte[]> value) {
    long end = sent + records;
    send(() -> sent < end, key, value);
  }

  /** Sends one record; {@code acknowledged} is told null, or what went wrong. */
  void send(byte[] key, byte[] value, Consumer<Throwable> acknowledged) {
    Integer partition = byKey ? null : (int) (sent % log.partitions());
    sent++;
    producer.send(
        new ProducerRecord<>(log.topic(), partition, key, value),
        (metadata, failure) -> acknowledged.accept(failure));
  }

  private interface Going {
    boolean on();
  }

  private void send(Going going, LongFunction<byte[]> key, LongFunction<byte[]> value) {
    LongAdder acknowledged = new LongAdder();
    AtomicReference<Throwable> failed = new AtomicReference<>();
    long before = sent;
    while (going.on() && failed.get() == null) {
      send(
          key.apply(sent),
          value.apply(sent),
          failure -> {
            if (failure == null) {
              acknowledged.increment();
            } else {
              failed.compareAndSet(null, failure);
            }
          });
    }
    producer.flush();
    if (failed.get() != null || acknowledged.sum() != sent - before) {
      throw new IllegalStateException(
          acknowledged.sum() + " of " + (sent - before) + " records were acknowledged",
          failed.get());
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
