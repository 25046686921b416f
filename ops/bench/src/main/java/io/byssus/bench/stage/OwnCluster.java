package io.byssus.bench.stage;

import io.byssus.cluster.ClusterProcesses;
import io.byssus.cluster.JvmShape;
import io.byssus.cluster.NodeRole;
import io.byssus.cluster.ProcessesConfig;
import io.byssus.proto.admin.v1.InitClusterRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A cluster of processes, one of each role, in JVMs as in production. */
final class OwnCluster {
  /** Of all databases of one process, in the server and beside it. */
  static final long CACHE_MEBIBYTES = 512;

  static final long MEMTABLE_MEBIBYTES = 256;
  static final int KAFKA_HEAP = 1024;

  /** The JVM of its server, unless it is told otherwise. */
  static final JvmShape SERVER = JvmShape.longLived(1024);

  private static final int CONTROL_PLANE_HEAP = 256;
  private static final int DISPATCHER_HEAP = 1024;
  private static final Duration READY_LIMIT = Duration.ofMinutes(2);

  private OwnCluster() {}

  /**
   * One that is not started yet: to be handed to who ends it, whatever becomes of it.
   *
   * @param folder for all of its files; made where it is missing
   */
  static ClusterProcesses prepare(Path folder, String main) throws IOException {
    return prepare(folder, main, SERVER);
  }

  /** The same with another JVM for its server. */
  static ClusterProcesses prepare(Path folder, String main, JvmShape server) throws IOException {
    return new ClusterProcesses(config(Files.createDirectories(folder), main, server));
  }

  /** Starts it; returns when it serves. Where it does not, nothing of it runs any more. */
  static void start(ClusterProcesses cluster, int shards) throws Exception {
    try {
      cluster.startAll();
      cluster.init(
          InitClusterRequest.newBuilder()
              .setClusterName("bench")
              .setShardCount(shards)
              .setReplicationFactor(1)
              .setExpectedServers(1)
              .setLogReplicationFactor(1)
              .build(),
          READY_LIMIT);
      cluster.awaitReady(READY_LIMIT);
    } catch (Exception e) {
      try (cluster) {
        throw e;
      }
    }
  }

  private static ProcessesConfig config(Path folder, String main, JvmShape server) {
    return ProcessesConfig.usual(folder, main)
        .withNodes(1, 1, 1)
        .withJvm(NodeRole.KAFKA, JvmShape.longLived(KAFKA_HEAP))
        .withJvm(NodeRole.CONTROL_PLANE, JvmShape.longLived(CONTROL_PLANE_HEAP))
        .withJvm(NodeRole.SERVER, server)
        .withJvm(NodeRole.DISPATCHER, JvmShape.longLived(DISPATCHER_HEAP))
        .withSetting(
            NodeRole.SERVER,
            "storage",
            Map.of(
                "block-cache", CACHE_MEBIBYTES + "MiB", "memtables", MEMTABLE_MEBIBYTES + "MiB"));
  }
}
