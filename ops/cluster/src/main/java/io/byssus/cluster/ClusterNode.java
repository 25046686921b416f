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
 * @param advertised the ports that others are told
 * @param folder its data and configuration
 */
record ClusterNode(
    String name,
    NodeRole role,
    int port,
    int metricsPort,
    int raftPort,
    Advertised advertised,
    Path folder) {

  /**
   * The ports that others are told, on loopback: those on which the node listens, or others where
   * something is to stand before it.
   *
   * @param port for calls
   * @param raftPort for the other members of the control plane
   */
  record Advertised(int port, int raftPort) {}

  /** A node that others are told the ports of on which it listens. */
  ClusterNode(String name, NodeRole role, int port, int metricsPort, int raftPort, Path folder) {
    this(name, role, port, metricsPort, raftPort, new Advertised(port, raftPort), folder);
  }

  static ClusterNode place(String name, NodeRole role, Path directory, FreePorts ports) {
    return new ClusterNode(
        name, role, ports.next(), ports.next(), ports.next(), directory.resolve(name));
  }

  /** The same, told to others by ports on which it does not listen. */
  ClusterNode behindOtherPorts(FreePorts ports) {
    Advertised others = new Advertised(ports.next(), ports.next());
    return new ClusterNode(name, role, port, metricsPort, raftPort, others, folder);
  }

  /** Where it listens. */
  String listenAddress() {
    return loopback(port);
  }

  /** Where others are told to reach it. */
  String address() {
    return loopback(advertised.port());
  }

  String metricsAddress() {
    return loopback(metricsPort);
  }

  String raftListenAddress() {
    return loopback(raftPort);
  }

  String raftAddress() {
    return loopback(advertised.raftPort());
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
