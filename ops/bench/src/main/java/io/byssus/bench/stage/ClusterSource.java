package io.byssus.bench.stage;

import java.util.List;

/** Where clusters come from that are used for a while and thrown away. */
@FunctionalInterface
public interface ClusterSource {
  /** A new cluster, empty, which serves. */
  Started start(int shards) throws Exception;

  /**
   * A cluster.
   *
   * @param endpoints its dispatchers, host:port
   * @param ending ends it and removes what it left
   */
  record Started(List<String> endpoints, AutoCloseable ending) implements AutoCloseable {
    @Override
    public void close() throws Exception {
      ending.close();
    }
  }
}
