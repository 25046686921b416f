package io.byssus.bench.stage;

import io.byssus.cluster.ClusterProcesses;
import io.byssus.cluster.NodeRole;
import io.byssus.cluster.ThrowAwayFolder;
import java.nio.file.Path;

/** Clusters of processes of their own, one after the other, each on an empty folder. */
public final class OwnClusters implements ClusterSource, AutoCloseable {
  private static final String FOLDERS = "cluster-";

  private final String main;
  private final Path folder;
  private final Closing open = new Closing();

  /**
   * None is started yet.
   *
   * @param main the main class of {@code byssus}, on the class path of this JVM
   * @param folder where all files go; is there
   */
  public OwnClusters(String main, Path folder) {
    this.main = main;
    this.folder = folder;
  }

  /** The one before must have ended: nothing else is to run on this machine. */
  @Override
  public Started start(int shards) throws Exception {
    try {
      ThrowAwayFolder files = open.add(ThrowAwayFolder.create(folder, FOLDERS));
      ClusterProcesses cluster = open.add(OwnCluster.prepare(files.path(), main));
      OwnCluster.start(cluster, shards);
      return new Started(cluster.addresses(NodeRole.DISPATCHER), open);
    } catch (Exception e) {
      try (open) {
        throw e;
      }
    }
  }

  /** Ends what runs. */
  @Override
  public void close() throws Exception {
    open.close();
  }
}
