package io.byssus.wal;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import io.byssus.proto.internal.v1.LogIdentity;
import io.byssus.proto.log.v1.LogRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log in Kafka: one partition per shard, an idempotent producer with {@code acks=all}.
 *
 * <p>Kafka's producer tells a record's fate through one callback, whether the record was never
 * queued, was lost on the way or timed out although a broker may still write it. Two failures come
 * from within {@code send} and only before the record is queued: no room or no metadata in time,
 * and a record that is too large. They are {@code LOG_UNAVAILABLE}. All else, also what {@code
 * send} itself throws, may come after the record was queued, and is {@code INDETERMINATE}.
 */
public final class KafkaWal implements Wal {
  private static final Logger log = LoggerFactory.getLogger(KafkaWal.class);

  private final String topic;
  private final Map<String, Object> producerSettings;
  private final ShardGate[] gates;
  private final LogProbe probe;
  private final String clusterId;
  private volatile GuardedProducer producer;
  private volatile boolean closed;

  /**
   * Opens the log for writes. Never waits for Kafka: until it has been reached and checked,
   * appending fails.
   *
   * @param identity what the log must be
   */
  public KafkaWal(WalConfig config, LogIdentity identity, int shardCount) {
    this(config, identity, shardCount, Map.of("compression.type", "lz4"));
  }

  /**
   * The same for what servers write by themselves: a few bytes each time, for which a compressor
   * would cost more than all else that the producer does.
   */
  public static KafkaWal forMarks(WalConfig config, LogIdentity identity, int shardCount) {
    return new KafkaWal(config, identity, shardCount, Map.of("compression.type", "none"));
  }

  private KafkaWal(
      WalConfig config, LogIdentity identity, int shardCount, Map<String, Object> encoding) {
    this.topic = identity.getTopic();
    this.clusterId = identity.getKafkaClusterId();
    this.gates = new ShardGate[shardCount];
    // One shard without a leader must not fill the buffer that all share.
    long bytesInFlight = Math.max(Limits.MAX_LOG_RECORD_BYTES, bufferBytes() / 8);
    for (int shard = 0; shard < shardCount; shard++) {
      gates[shard] = new ShardGate(shard, bytesInFlight);
    }
    this.producerSettings = config.with(settings(encoding));
    this.producer = newProducer();
    this.probe =
        new LogProbe(
            new LogIdentityCheck<>(config, "byssus-wal-probe", identity, shardCount), gates);
  }

  private static Map<String, Object> settings(Map<String, Object> encoding) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("client.id", "byssus-wal");
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    settings.put("linger.ms", 0);
    // While one request is under way the next records gather: batches grow with the load, and a
    // record for an idle log loses no time. Several requests in flight gain little, since a broker
    // takes one at a time from a connection, and cut the records into more and smaller batches,
    // each of which has its price in the client, the broker and every consumer.
    settings.put("max.in.flight.requests.per.connection", 1);
    settings.put("batch.size", 128 * 1024);
    settings.put("buffer.memory", bufferBytes());
    settings.put("max.block.ms", 1_000);
    settings.put("max.request.size", Limits.MAX_LOG_RECORD_BYTES);
    settings.put("request.timeout.ms", 10_000);
    settings.put("delivery.timeout.ms", 30_000);
    settings.put("metadata.max.idle.ms", 24 * 60 * 60 * 1000L);
    settings.putAll(encoding);
    return settings;
  }

  /** An eighth of the heap, but room for a few of the largest records and no more than 64 MiB. */
  private static long bufferBytes() {
    long eighth = Runtime.getRuntime().maxMemory() / 8;
    return Math.max(3L * Limits.MAX_LOG_RECORD_BYTES, Math.min(eighth, 64L * 1024 * 1024));
  }

  private GuardedProducer newProducer() {
    return new GuardedProducer(producerSettings, clusterId, this::metForeign);
  }

  private void metForeign(String otherClusterId) {
    for (ShardGate gate : gates) {
      gate.seenNotOurs(LogIdentityCheck.otherCluster(otherClusterId, clusterId));
    }
  }

  @Override
  public CompletableFuture<Long> append(int shard, LogRecord record) {
    byte[] bytes = record.toByteArray();
    ShardGate gate = gates[shard];
    ShardGate.HandOver handOver;
    try {
      if (closed) {
        throw new ByssusException(ErrorCode.LOG_UNAVAILABLE, "the process is stopping");
      }
      handOver = gate.enter(bytes.length, System.nanoTime());
    } catch (ByssusException e) {
      return CompletableFuture.failedFuture(e);
    }
    Answer answer = new Answer(gate, handOver);
    GuardedProducer used = usableProducer();
    try {
      used.send(new ProducerRecord<>(topic, shard, null, bytes), answer);
    } catch (RuntimeException e) {
      answer.onCompletion(null, e);
      replace(used, e);
    }
    answer.sendReturned();
    return answer.result;
  }

  /** The gates are open, so the log is ours again: a producer that met another one is over. */
  private GuardedProducer usableProducer() {
    GuardedProducer current = producer;
    if (!current.usable()) {
      replace(current, null);
    }
    return producer;
  }

  /**
   * A producer that throws from {@code send} has broken down for good; a new one takes its place.
   *
   * @param cause null where it met another cluster, which was logged then
   */
  private synchronized void replace(GuardedProducer broken, RuntimeException cause) {
    if (closed || producer != broken) {
      return;
    }
    if (cause != null) {
      log.warn("the log's producer broke down and is replaced", cause);
    }
    producer = newProducer();
    // Not on this thread: what the old one still has in flight is answered by its own thread.
    Thread closer = new Thread(() -> broken.close(Duration.ofSeconds(30)), "wal-producer-closer");
    closer.setDaemon(true);
    closer.start();
  }

  @Override
  public CompletableFuture<Void> firstLook() {
    return probe.firstLook();
  }

  /** Whether a shard takes no writes now. */
  public boolean shut(int shard) {
    return gates[shard].needsProbe(System.nanoTime());
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    probe.close();
    producer.close(Duration.ofSeconds(5));
  }

  /** Turns the producer's callback into the fate of one record. */
  private static final class Answer implements Callback {
    final CompletableFuture<Long> result = new CompletableFuture<>();
    private final ShardGate gate;
    private final ShardGate.HandOver handOver;
    private final Thread sender = Thread.currentThread();
    private volatile boolean sendReturned;

    Answer(ShardGate gate, ShardGate.HandOver handOver) {
      this.gate = gate;
      this.handOver = handOver;
    }

    @Override
    public void onCompletion(RecordMetadata metadata, Exception failure) {
      if (failure != null) {
        gate.failed(handOver);
        if (!sendReturned && Thread.currentThread() == sender && precedesQueue(failure)) {
          fail(ErrorCode.LOG_UNAVAILABLE, "the record could not be handed to the log: ", failure);
        } else {
          fail(ErrorCode.INDETERMINATE, "the log did not answer for the record: ", failure);
        }
      } else if (!metadata.hasOffset()) {
        // Kafka found a duplicate of its own retry and no longer knows where the first copy stands.
        gate.failed(handOver);
        fail(ErrorCode.INDETERMINATE, "the log took the record and did not say where", null);
      } else if (gate.acknowledged(handOver, metadata.offset())) {
        result.complete(metadata.offset());
      } else {
        fail(ErrorCode.INDETERMINATE, "the log lost records that it had acknowledged", null);
      }
    }

    private static boolean precedesQueue(Exception failure) {
      return failure instanceof TimeoutException || failure instanceof RecordTooLargeException;
    }

    void sendReturned() {
      sendReturned = true;
    }

    private void fail(ErrorCode code, String message, Exception cause) {
      result.completeExceptionally(
          cause == null
              ? new ByssusException(code, message)
              : new ByssusException(code, message + cause.getMessage(), cause));
    }
  }
}
