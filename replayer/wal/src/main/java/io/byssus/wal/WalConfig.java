package io.byssus.wal;

import java.util.HashMap;
import java.util.Map;

/**
 * How to reach Kafka.
 *
 * @param bootstrapServers {@code host:port,…}
 * @param properties what to hand to every Kafka client beside, such as its TLS settings; may not
 *     change what the log's safety rests on
 */
public record WalConfig(String bootstrapServers, Map<String, String> properties) {
  public WalConfig {
    properties = Map.copyOf(properties);
  }

  /** Kafka at an address, and nothing special. */
  public WalConfig(String bootstrapServers) {
    this(bootstrapServers, Map.of());
  }

  /** The user's properties with ours over them. */
  Map<String, Object> with(Map<String, Object> ours) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("bootstrap.servers", bootstrapServers);
    all.put("reconnect.backoff.ms", 50);
    all.put("reconnect.backoff.max.ms", 1_000);
    all.put("enable.metrics.push", false);
    all.putAll(ours);
    return all;
  }
}
