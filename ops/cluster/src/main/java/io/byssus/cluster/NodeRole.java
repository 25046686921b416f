package io.byssus.cluster;

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

  private final String command;
  private final JvmShape jvm;

  NodeRole(String command, int heapMebibytes) {
    this.command = command;
    this.jvm = JvmShape.shortLived(heapMebibytes);
  }

  /** The name of the role as the {@code byssus} command has it; nodes are numbered after it. */
  public String command() {
    return command;
  }

  /** The JVM of a node unless {@link ProcessesConfig#jvms} says otherwise. */
  JvmShape jvm() {
    return jvm;
  }
}
