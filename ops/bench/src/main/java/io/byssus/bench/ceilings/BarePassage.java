package io.byssus.bench.ceilings;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;

/** From Kafka's producer to Kafka's consumer, and nothing else: the way of a record alone. */
public final class BarePassage implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(250);

  private final BareProducer producer;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread reader = new Thread(this::read, "bare-passage");
  private final Map<Long, Consumer<Throwable>> open = new ConcurrentHashMap<>();
  private final AtomicLong next = new AtomicLong();
  private volatile boolean closed;

  /** From one end of an empty topic to the other. */
  public BarePassage(BareLog log) {
    this.producer = new BareProducer(log);
    this.consumer = log.consumer();
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Sends a record. For one thread.
   *
   * @param done told null when the consumer has it, else what went wrong
   */
  public void send(byte[] value, Consumer<Throwable> done) {
    long number = next.getAndIncrement();
    open.put(number, done);
    byte[] key = ByteBuffer.allocate(2 * Long.BYTES).putLong(0).putLong(number).array();
    producer.send(
        key,
        value,
        failure -> {
          if (failure != null) {
            end(number, failure);
          }
        });
  }

  private void read() {
    try {
      while (!closed) {
        for (ConsumerRecord<byte[], byte[]> arrived : consumer.poll(POLL)) {
          end(ByteBuffer.wrap(arrived.key()).getLong(Long.BYTES), null);
        }
      }
    } catch (WakeupException e) {
      // Closed.
    } catch (RuntimeException e) {
      open.keySet().forEach(number -> end(number, e));
    } finally {
      consumer.close();
    }
  }

  private void end(long number, Throwable failure) {
    Consumer<Throwable> done = open.remove(number);
    if (done != null) {
      done.accept(failure);
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    consumer.wakeup();
    reader.join();
    producer.close();
  }
}
