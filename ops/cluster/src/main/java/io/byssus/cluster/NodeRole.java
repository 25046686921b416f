package io.byssus.cluster;

import java.util.List;

/** What a process of a throw-away cluster is, and the JVM that it is given. */
public enum NodeRole {
  /** The log. */
  KAFKA("kafka", 256),
  /** A member of the control plane. */
  CONTROL_PLANE("control-plane", 96),
  /** Holds replicas. */
  SERVER("server", 192),
  /** Takes calls. */
  DISPATCHER("dispatcher", 160);

  /**
   * Eight JVMs that start at once on two cores and live for a minute: quick compilation beats good
   * code. The demo as a whole took 89 seconds of processor time so, and 133 with both compilers.
   */
  private static final List<String> FLAGS =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

  private final String command;
  private final int heapMebibytes;

  NodeRole(String command, int heapMebibytes) {
    this.command = command;
    this.heapMebibytes = heapMebibytes;
  }

  /** The name of the role as the {@code byssus} command has it; nodes are numbered after it. */
  public String command() {
    return command;
  }

  int heapMebibytes() {
    return heapMebibytes;
  }

  List<String> flags() {
    return FLAGS;
  }
}
