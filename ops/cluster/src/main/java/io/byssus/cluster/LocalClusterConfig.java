package io.byssus.cluster;

import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * What a local cluster is asked to be.
 *
 * @param data where everything is kept; made where it is missing
 * @param servers how many servers, 1 to 9; empty: as many as before, at first 3. May grow with a
 *     later start
 * @param shards how many shards, 1 to 1,024; empty: as many as before, at first 16. Fixed by the
 *     first start
 * @param port the dispatcher's port; 0: any free one
 */
public record LocalClusterConfig(Path data, OptionalInt servers, OptionalInt shards, int port) {
  private static final int MOST_SERVERS = 9;
  private static final int MOST_SHARDS = 1_024;

  /** Checks the ranges. */
  public LocalClusterConfig {
    if (servers.isPresent() && (servers.getAsInt() < 1 || servers.getAsInt() > MOST_SERVERS)) {
      throw new ClusterFailure(
          "a local cluster has 1 to " + MOST_SERVERS + " servers, not " + servers.getAsInt());
    }
    if (shards.isPresent() && (shards.getAsInt() < 1 || shards.getAsInt() > MOST_SHARDS)) {
      throw new ClusterFailure(
          "a local cluster has 1 to " + MOST_SHARDS + " shards, not " + shards.getAsInt());
    }
    if (port < 0 || port > 65_535) {
      throw new ClusterFailure("a port is 0 to 65535, not " + port);
    }
  }

  /** The usual numbers, on any free port. */
  public static LocalClusterConfig on(Path data) {
    return new LocalClusterConfig(data, OptionalInt.empty(), OptionalInt.empty(), 0);
  }
}
