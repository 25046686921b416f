package io.byssus.dispatcher;

import io.byssus.process.ConfigReader;
import io.byssus.process.HostPort;
import io.byssus.process.ProcessConfig;
import io.byssus.process.Section;
import io.byssus.wal.WalConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a dispatcher is told.
 *
 * @param nodeId its name in the cluster
 * @param labels what operators want to know of it, such as its zone
 * @param process where it listens
 * @param controlPlane the control plane's members
 * @param kafka how to reach the log
 * @param data where the last cluster map is kept; empty: nowhere, and a dispatcher that starts
 *     while the control plane is away waits for it
 * @param lagLimit how far in time the fastest replica of a shard may be behind before the shard's
 *     writes are refused
 * @param mostCalls how many calls may be open before new ones are refused
 */
public record DispatcherConfig(
    String nodeId,
    Map<String, String> labels,
    ProcessConfig process,
    List<HostPort> controlPlane,
    WalConfig kafka,
    Optional<Path> data,
    Duration lagLimit,
    int mostCalls) {
  private static final HostPort LISTEN = new HostPort("127.0.0.1", 7400);
  private static final HostPort METRICS = new HostPort("127.0.0.1", 9400);
  static final Duration LAG_LIMIT = Duration.ofSeconds(60);
  static final int MOST_CALLS = 10_000;

  public DispatcherConfig {
    labels = Map.copyOf(labels);
    controlPlane = List.copyOf(controlPlane);
  }

  /** A dispatcher with the usual bounds, no labels and no data directory. */
  public DispatcherConfig(
      String nodeId, ProcessConfig process, List<HostPort> controlPlane, WalConfig kafka) {
    this(nodeId, Map.of(), process, controlPlane, kafka, Optional.empty(), LAG_LIMIT, MOST_CALLS);
  }

  /**
   * Reads a file.
   *
   * @throws io.byssus.process.ConfigException with all that is wrong with it
   */
  public static DispatcherConfig read(Path file) {
    return ConfigReader.read(file, DispatcherConfig::read);
  }

  private static DispatcherConfig read(Section r) {
    return new DispatcherConfig(
        r.string("node-id").required(),
        r.properties("labels").orElse(Map.of()),
        ProcessConfig.read(r, LISTEN, METRICS),
        r.addresses("control-plane")
            .check(members -> !members.isEmpty(), "at least one address")
            .required(),
        r.section("kafka", DispatcherConfig::readKafka),
        r.path("data").optional(),
        r.duration("lag-limit", Duration.ofSeconds(1), Duration.ofDays(1)).orElse(LAG_LIMIT),
        r.integer("most-calls", 1, 1_000_000).orElse(MOST_CALLS));
  }

  private static WalConfig readKafka(Section k) {
    return new WalConfig(
        k.string("bootstrap").required(), k.properties("properties").orElse(Map.of()));
  }
}
