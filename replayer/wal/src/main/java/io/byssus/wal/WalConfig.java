package io.byssus.wal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How to reach Kafka.
 *
 * @param bootstrapServers {@code host:port,…}
 * @param properties what to hand to every Kafka client beside: how to connect ({@code security.…},
 *     {@code ssl.…}, {@code sasl.…}, {@code socket.…}, {@code client.…}), and nothing that the
 *     log's safety could rest on
 */
public record WalConfig(String bootstrapServers, Map<String, String> properties) {
  private static final List<String> ALLOWED =
      List.of("security.", "ssl.", "sasl.", "socket.", "client.rack", "client.dns.lookup");

  /** Checks the properties. */
  public WalConfig {
    properties = Map.copyOf(properties);
    for (String name : properties.keySet()) {
      if (ALLOWED.stream().noneMatch(name::startsWith)) {
        throw new IllegalArgumentException(
            "kafka.properties: " + name + " is not Byssus' to pass on; allowed are " + ALLOWED);
      }
    }
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
