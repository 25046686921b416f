package io.byssus.cluster;

import java.nio.file.Path;

/**
 * A node of a cluster on this machine: its name, its ports and its folder. All of it stays the same
 * over restarts.
 *
 * @param name such as {@code server-2}; also its node id
 * @param role what it is
 * @param port where it takes calls, on loopback
 * @param metricsPort where its metrics are; Kafka has none
 * @param raftPort where a control-plane member meets the others
 * @param folder its data and configuration
 */
record ClusterNode(
    String name, NodeRole role, int port, int metricsPort, int raftPort, Path folder) {

  static ClusterNode place(String name, NodeRole role, Path directory, FreePorts ports) {
    return new ClusterNode(
        name, role, ports.next(), ports.next(), ports.next(), directory.resolve(name));
  }

  String address() {
    return loopback(port);
  }

  String metricsAddress() {
    return loopback(metricsPort);
  }

  String raftAddress() {
    return loopback(raftPort);
  }

  Path data() {
    return folder.resolve("data");
  }

  Path configuration() {
    return folder.resolve(role.command() + ".yaml");
  }

  private static String loopback(int port) {
    return "127.0.0.1:" + port;
  }
}
