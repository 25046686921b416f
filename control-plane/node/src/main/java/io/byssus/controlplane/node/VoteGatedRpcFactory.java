package io.byssus.controlplane.node;

import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.rpc.impl.GrpcRaftRpcFactory;
import com.alipay.sofa.jraft.rpc.impl.GrpcServer;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.SPI;
import com.google.protobuf.Message;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.util.MutableHandlerRegistry;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * JRaft's gRPC transport with two changes: clients hold requests for votes back (see {@link
 * VoteGate}), and servers listen on the address they were given and no other. JRaft finds it as a
 * service of higher priority than its own; one object serves all members of the JVM.
 */
@SPI(name = "byssus", priority = 100)
public final class VoteGatedRpcFactory extends GrpcRaftRpcFactory {
  private static final int MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

  /** The parsers that the superclass keeps to itself. */
  private final Map<String, Message> parsers = new ConcurrentHashMap<>();

  /** For JRaft's service loader. */
  public VoteGatedRpcFactory() {}

  @Override
  public void registerProtobufSerializer(String className, Object... args) {
    super.registerProtobufSerializer(className, args);
    parsers.put(className, (Message) args[0]);
  }

  /** Remembers whose client is to be made: {@link #createRpcClient} is called next with it. */
  @Override
  public ConfigHelper<RpcClient> defaultJRaftClientConfigHelper(RpcOptions options) {
    return options instanceof NodeOptions node
            && node.getServiceFactory() instanceof GuardedRaftServices services
        ? new GateOf(services.gate())
        : null;
  }

  private record GateOf(VoteGate gate) implements ConfigHelper<RpcClient> {
    @Override
    public void config(RpcClient client) {}
  }

  @Override
  public RpcClient createRpcClient(ConfigHelper<RpcClient> helper) {
    if (helper instanceof GateOf gateOf) {
      return new VoteGatedRpcClient(super.createRpcClient(null), gateOf.gate());
    }
    return super.createRpcClient(helper);
  }

  @Override
  public RpcServer createRpcServer(Endpoint endpoint, ConfigHelper<RpcServer> helper) {
    MutableHandlerRegistry handlers = new MutableHandlerRegistry();
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(endpoint.getIp(), endpoint.getPort()))
            .fallbackHandlerRegistry(handlers)
            .directExecutor()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .build();
    RpcServer raftServer = new GrpcServer(server, handlers, parsers, getMarshallerRegistry());
    if (helper != null) {
      helper.config(raftServer);
    }
    return raftServer;
  }
}
