package io.byssus.cluster;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** The configuration file of a node, as YAML. */
final class NodeSettings {
  private NodeSettings() {}

  /**
   * The file's text.
   *
   * @param node the node
   * @param all every node of its cluster
   * @param more keys that replace or join the others
   */
  static String yaml(ClusterNode node, List<ClusterNode> all, Map<String, Object> more) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("node-id", node.name());
    settings.put("listen", node.listenAddress());
    settings.put("advertise", node.address());
    settings.put("metrics-listen", node.metricsAddress());
    settings.put("data", node.data().toString());
    if (node.role() == NodeRole.CONTROL_PLANE) {
      settings.put(
          "members", of(NodeRole.CONTROL_PLANE, all).stream().map(NodeSettings::member).toList());
      settings.put("raft-listen", node.raftListenAddress());
    } else {
      settings.put(
          "control-plane",
          of(NodeRole.CONTROL_PLANE, all).stream().map(ClusterNode::address).toList());
    }
    settings.put("kafka", Map.of("bootstrap", of(NodeRole.KAFKA, all).get(0).address()));
    settings.putAll(more);
    return new Dump(DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build())
        .dumpToString(settings);
  }

  private static Map<String, Object> member(ClusterNode node) {
    Map<String, Object> member = new LinkedHashMap<>();
    member.put("id", node.name());
    member.put("address", node.address());
    member.put("raft", node.raftAddress());
    return member;
  }

  private static List<ClusterNode> of(NodeRole role, List<ClusterNode> all) {
    return all.stream().filter(node -> node.role() == role).toList();
  }
}
