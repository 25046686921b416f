package io.byssus.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/**
 * Kafka's client for administration, for as long as a few calls take. Closing it waits for a second
 * at the most: Kafka's own {@code close()}, and also one with a limit of zero, waits for the
 * client's thread without end, and once in many thousand times that thread misses that it is to
 * end.
 */
public final class KafkaAdmin implements AutoCloseable {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

  private final Admin client;

  private KafkaAdmin(Admin client) {
    this.client = client;
  }

  /** A client with Kafka's own settings. */
  public static KafkaAdmin connect(String bootstrapServers) {
    return connect(bootstrapServers, Map.of());
  }

  /** A client with some settings of its own. */
  public static KafkaAdmin connect(String bootstrapServers, Map<String, Object> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("bootstrap.servers", bootstrapServers);
    return new KafkaAdmin(Admin.create(all));
  }

  /** Where calls are made. */
  public Admin client() {
    return client;
  }

  @Override
  public void close() {
    client.close(CLOSE_LIMIT);
  }
}
