package io.byssus.cluster;

import io.byssus.process.DataDirectory;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * What a local cluster has been since its first start, kept beside its data.
 *
 * @param shards the number of shards, fixed
 * @param firstServers with how many servers it began, fixed: the first placement waited for them
 * @param servers with how many it ran last; only grows, since the replicas that a server holds are
 *     gone without it
 * @param controlPlanePort the control plane's gRPC port
 * @param raftPort its Raft port: a member's name in its group, hence fixed
 */
record LocalShape(int shards, int firstServers, int servers, int controlPlanePort, int raftPort) {
  private static final String FILE = "local-cluster.properties";
  private static final int USUAL_SHARDS = 16;
  private static final int USUAL_SERVERS = 3;
  private static final int REPLICAS = 2;

  /**
   * The shape that a directory holds, grown to what is asked; or of a new cluster.
   *
   * @throws ClusterFailure where what is asked does not go with what is there
   */
  static LocalShape settle(DataDirectory directory, LocalClusterConfig asked, FreePorts ports)
      throws IOException {
    Optional<byte[]> stored = directory.read(FILE);
    LocalShape shape =
        stored.isPresent()
            ? parse(stored.get(), directory.path()).grown(asked)
            : created(asked, ports);
    directory.write(FILE, shape.text().getBytes(StandardCharsets.UTF_8));
    return shape;
  }

  /** On how many servers each shard is. */
  int replicationFactor() {
    return Math.min(REPLICAS, firstServers);
  }

  private static LocalShape created(LocalClusterConfig asked, FreePorts ports) {
    int servers = asked.servers().orElse(USUAL_SERVERS);
    return new LocalShape(
        asked.shards().orElse(USUAL_SHARDS), servers, servers, ports.next(), ports.next());
  }

  private LocalShape grown(LocalClusterConfig asked) {
    if (asked.shards().orElse(shards) != shards) {
      throw new ClusterFailure(
          String.format(
              "the cluster in %s has %d shards, and a cluster's shards are fixed when it is made;"
                  + " %d were asked for. Leave the number out, or use another directory",
              asked.data(), shards, asked.shards().getAsInt()));
    }
    int wanted = asked.servers().orElse(servers);
    if (wanted < servers) {
      throw new ClusterFailure(
          String.format(
              "the cluster in %s has run with %d servers, and its shards are spread over them; %d"
                  + " were asked for. Start it with %d or more",
              asked.data(), servers, wanted, servers));
    }
    return new LocalShape(shards, firstServers, wanted, controlPlanePort, raftPort);
  }

  private String text() throws IOException {
    Properties properties = new Properties();
    properties.setProperty("shards", Integer.toString(shards));
    properties.setProperty("first-servers", Integer.toString(firstServers));
    properties.setProperty("servers", Integer.toString(servers));
    properties.setProperty("control-plane-port", Integer.toString(controlPlanePort));
    properties.setProperty("raft-port", Integer.toString(raftPort));
    StringWriter text = new StringWriter();
    properties.store(text, "A local Byssus cluster. Changing this by hand breaks it.");
    return text.toString();
  }

  private static LocalShape parse(byte[] stored, Path directory) throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(new String(stored, StandardCharsets.UTF_8)));
    try {
      return new LocalShape(
          number(properties, "shards"),
          number(properties, "first-servers"),
          number(properties, "servers"),
          number(properties, "control-plane-port"),
          number(properties, "raft-port"));
    } catch (NumberFormatException e) {
      throw new ClusterFailure(directory.resolve(FILE) + " is damaged: " + e.getMessage(), e);
    }
  }

  private static int number(Properties properties, String key) {
    String text = properties.getProperty(key);
    if (text == null) {
      throw new NumberFormatException(key + " is missing");
    }
    return Integer.parseInt(text);
  }
}
