package io.byssus.bench.stage;

import io.byssus.cluster.ClusterProcesses;
import io.byssus.cluster.JvmShape;
import io.byssus.cluster.NodeRole;
import java.util.ArrayList;
import java.util.List;

/**
 * The one server of a cluster, to be looked at from outside.
 *
 * @param pid its process
 * @param metricsAddress where it tells its metrics: host:port
 * @param dispatchers of its cluster: host:port each
 * @param closing ends the cluster
 */
public record WatchedServer(
    long pid, String metricsAddress, List<String> dispatchers, AutoCloseable closing)
    implements AutoCloseable {
  /** A JVM that is not told keeps as much for buffers as for its heap. */
  private static final String DIRECT = "-XX:MaxDirectMemorySize=256m";

  /** Copies the list. */
  public WatchedServer {
    dispatchers = List.copyOf(dispatchers);
  }

  /**
   * In a cluster of its own, which is like that of the stage. Its heap has its full size from the
   * beginning: one that is enlarged little by little would look as if something grew. What is not
   * used of it is not in memory all the same, so that a leak shows.
   */
  public static WatchedServer start(Stage stage) throws Exception {
    JvmShape usual = OwnCluster.SERVER;
    List<String> flags = new ArrayList<>(usual.flags());
    flags.add("-Xms" + usual.heapMebibytes() + "m");
    flags.add(DIRECT);
    ClusterProcesses cluster = stage.newCluster(new JvmShape(usual.heapMebibytes(), flags));
    String server = cluster.nodes(NodeRole.SERVER).get(0);
    return new WatchedServer(
        cluster.process(server).pid(),
        cluster.metricsAddress(server),
        cluster.addresses(NodeRole.DISPATCHER),
        cluster);
  }

  @Override
  public void close() throws Exception {
    closing.close();
  }
}
