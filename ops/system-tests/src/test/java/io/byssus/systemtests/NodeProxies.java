package io.byssus.systemtests;

import io.byssus.cluster.ClusterProcesses;
import io.byssus.cluster.NodeRole;
import io.byssus.testkit.proxy.FaultProxy;
import io.byssus.testkit.proxy.ProxyLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What stands before the nodes of a cluster: all that others send them goes through it. */
public final class NodeProxies implements AutoCloseable {
  private final ProxyLoop loop = new ProxyLoop();
  private final Map<String, List<FaultProxy>> byNode = new HashMap<>();

  /** Proxies for every node. */
  NodeProxies(ClusterProcesses processes) throws IOException {
    try {
      for (String node : processes.nodes()) {
        List<FaultProxy> proxies = new ArrayList<>();
        proxies.add(
            loop.open(address(processes.address(node)), address(processes.listenAddress(node))));
        if (processes.nodes(NodeRole.CONTROL_PLANE).contains(node)) {
          proxies.add(
              loop.open(
                  address(processes.raftAddress(node)),
                  address(processes.raftListenAddress(node))));
        }
        byNode.put(node, List.copyOf(proxies));
      }
    } catch (IOException | RuntimeException e) {
      loop.close();
      throw e;
    }
  }

  /** Those before one node. */
  public List<FaultProxy> of(String node) {
    return byNode.get(node);
  }

  @Override
  public void close() {
    loop.close();
  }

  private static InetSocketAddress address(String hostAndPort) {
    int colon = hostAndPort.lastIndexOf(':');
    return new InetSocketAddress(
        hostAndPort.substring(0, colon), Integer.parseInt(hostAndPort.substring(colon + 1)));
  }
}
