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

  /** Eight JVMs start at once on a machine of two cores: quick compilation beats good code. */
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
