package io.byssus.server;

import io.byssus.process.DataSize;
import io.byssus.process.HostPort;
import io.byssus.process.ProcessConfig;
import io.byssus.process.Section;
import io.byssus.storage.StorageConfig;
import io.byssus.wal.WalConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The settings of a server.
 *
 * @param process its addresses
 * @param nodeId its name in the cluster; the data directory belongs to it
 * @param labels such as zone and rack; replicas of one shard are spread over zones
 * @param data where it keeps its replicas
 * @param controlPlane the members of the control plane
 * @param kafka the log
 * @param storage what all its replicas may use together
 * @param applyThreads how many replicas are applied at once
 */
public record ServerConfig(
    ProcessConfig process,
    String nodeId,
    Map<String, String> labels,
    Path data,
    List<HostPort> controlPlane,
    WalConfig kafka,
    StorageConfig storage,
    int applyThreads) {
  /** How many replicas are applied at once where the configuration does not say. */
  public static final int USUAL_APPLY_THREADS = 2;

  private static final HostPort LISTEN = new HostPort("127.0.0.1", 7401);
  private static final HostPort METRICS = new HostPort("127.0.0.1", 9401);

  /** Takes copies. */
  public ServerConfig {
    labels = Map.copyOf(labels);
    controlPlane = List.copyOf(controlPlane);
  }

  /** Reads a configuration file. */
  public static ServerConfig read(Section file) {
    return new ServerConfig(
        ProcessConfig.read(file, LISTEN, METRICS),
        file.string("node-id").required(),
        file.properties("labels").orElse(Map.of()),
        file.path("data").required(),
        file.addresses("control-plane")
            .check(members -> !members.isEmpty(), "at least one address")
            .required(),
        file.section("kafka", ServerConfig::readKafka),
        file.optionalSection("storage", ServerConfig::readStorage).orElse(StorageConfig.DEFAULT),
        file.integer("apply-threads", 1, 256).orElse(USUAL_APPLY_THREADS));
  }

  private static WalConfig readKafka(Section kafka) {
    return new WalConfig(
        kafka.string("bootstrap").required(), kafka.properties("properties").orElse(Map.of()));
  }

  private static StorageConfig readStorage(Section storage) {
    StorageConfig fallback = StorageConfig.DEFAULT;
    return new StorageConfig(
        storage
            .size("block-cache", DataSize.ofMib(1), DataSize.ofGib(1_024))
            .orElse(new DataSize(fallback.blockCacheBytes()))
            .bytes(),
        storage
            .size("memtables", DataSize.ofMib(4), DataSize.ofGib(256))
            .orElse(new DataSize(fallback.memtableBytes()))
            .bytes(),
        storage
            .duration("flush-after", Duration.ofSeconds(1), Duration.ofHours(1))
            .orElse(fallback.flushAfter()),
        storage
            .duration("flush-idle-after", Duration.ofSeconds(1), Duration.ofHours(1))
            .orElse(fallback.flushIdleAfter()));
  }
}
