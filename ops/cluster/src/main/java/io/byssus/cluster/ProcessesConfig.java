package io.byssus.cluster;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a throw-away cluster is made of.
 *
 * @param directory where its configuration, data and logs go; made where it is missing
 * @param main the main class that runs a role: it is given {@code ROLE --config FILE
 *     --exit-with-stdin}. It must be on the class path of this JVM
 * @param controlPlaneMembers 1, 3 or 5
 * @param servers 1 or more
 * @param dispatchers 1 or more
 * @param settings keys of the configuration file, by role, beside those that a node cannot do
 *     without: such as {@code lease: 2s} of the control plane
 * @param properties system properties, by role
 * @param jvms the JVM, by role, where it is not to be the one for short lives
 * @param advertisesOtherPorts whether nodes are told to others by ports on which they do not
 *     listen: something is to stand before each, see {@link ClusterProcesses#listenAddress}
 */
public record ProcessesConfig(
    Path directory,
    String main,
    int controlPlaneMembers,
    int servers,
    int dispatchers,
    Map<NodeRole, Map<String, Object>> settings,
    Map<NodeRole, Map<String, String>> properties,
    Map<NodeRole, JvmShape> jvms,
    boolean advertisesOtherPorts) {

  /** Checks the numbers. */
  public ProcessesConfig {
    if (controlPlaneMembers < 1 || controlPlaneMembers % 2 == 0 || controlPlaneMembers > 5) {
      throw new IllegalArgumentException(
          "controlPlaneMembers must be 1, 3 or 5, is " + controlPlaneMembers);
    }
    if (servers < 1 || dispatchers < 1) {
      throw new IllegalArgumentException("there must be a server and a dispatcher at least");
    }
    settings = Map.copyOf(settings);
    properties = Map.copyOf(properties);
    jvms = Map.copyOf(jvms);
  }

  /** 3 control-plane members, 3 servers, 1 dispatcher, and nothing out of the ordinary. */
  public static ProcessesConfig usual(Path directory, String main) {
    return new ProcessesConfig(directory, main, 3, 3, 1, Map.of(), Map.of(), Map.of(), false);
  }

  /** The same with other numbers. */
  public ProcessesConfig withNodes(int controlPlaneMembers, int servers, int dispatchers) {
    return new ProcessesConfig(
        directory,
        main,
        controlPlaneMembers,
        servers,
        dispatchers,
        settings,
        properties,
        jvms,
        advertisesOtherPorts);
  }

  /** The same with one more key in the configuration of a role. */
  public ProcessesConfig withSetting(NodeRole role, String key, Object value) {
    return withRoles(with(settings, role, key, value), properties, jvms);
  }

  /** The same with one more system property for the JVMs of a role. */
  public ProcessesConfig withProperty(NodeRole role, String key, String value) {
    return withRoles(settings, with(properties, role, key, value), jvms);
  }

  /** The same with another JVM for a role. */
  public ProcessesConfig withJvm(NodeRole role, JvmShape jvm) {
    return withRoles(settings, properties, with(jvms, role, jvm));
  }

  /** The same with nodes that something stands before. */
  public ProcessesConfig withOtherPortsAdvertised() {
    return new ProcessesConfig(
        directory,
        main,
        controlPlaneMembers,
        servers,
        dispatchers,
        settings,
        properties,
        jvms,
        true);
  }

  int count(NodeRole role) {
    return switch (role) {
      case KAFKA -> 1;
      case CONTROL_PLANE -> controlPlaneMembers;
      case SERVER -> servers;
      case DISPATCHER -> dispatchers;
    };
  }

  private ProcessesConfig withRoles(
      Map<NodeRole, Map<String, Object>> settings,
      Map<NodeRole, Map<String, String>> properties,
      Map<NodeRole, JvmShape> jvms) {
    return new ProcessesConfig(
        directory,
        main,
        controlPlaneMembers,
        servers,
        dispatchers,
        settings,
        properties,
        jvms,
        advertisesOtherPorts);
  }

  private static <V> Map<NodeRole, Map<String, V>> with(
      Map<NodeRole, Map<String, V>> all, NodeRole role, String key, V value) {
    Map<String, V> ofRole = new LinkedHashMap<>(all.getOrDefault(role, Map.of()));
    ofRole.put(key, value);
    return with(all, role, Map.copyOf(ofRole));
  }

  private static <V> Map<NodeRole, V> with(Map<NodeRole, V> all, NodeRole role, V value) {
    Map<NodeRole, V> changed = new EnumMap<>(NodeRole.class);
    changed.putAll(all);
    changed.put(role, value);
    return changed;
  }
}
