package io.byssus.controlplane.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.InvokeContext;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcRequests.PingRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.RpcFactoryHelper;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class VoteGatedRpcClientTest {
  private static final PeerId SELF = new PeerId("127.0.0.1", 1);
  private static final Endpoint PEER = new Endpoint("127.0.0.1", 2);

  private final VoteGate gate = new VoteGate(SELF);
  private final Recording wire = new Recording();
  private final VoteGatedRpcClient client = new VoteGatedRpcClient(wire, gate);
  private final List<Throwable> failures = new ArrayList<>();

  private static RequestVoteRequest vote(long term, boolean preVote) {
    return RequestVoteRequest.newBuilder()
        .setGroupId("g")
        .setServerId(SELF.toString())
        .setPeerId("127.0.0.1:2")
        .setTerm(term)
        .setLastLogTerm(0)
        .setLastLogIndex(0)
        .setPreVote(preVote)
        .build();
  }

  private void invoke(Object request) throws Exception {
    client.invokeAsync(PEER, request, null, (result, error) -> failures.add(error), 1000);
  }

  @Test
  void onlyRequestsForVotesWait() throws Exception {
    RequestVoteRequest preVote = vote(1, true);
    RequestVoteRequest vote = vote(1, false);
    PingRequest ping = PingRequest.newBuilder().setSendTimestamp(1).build();
    invoke(vote);
    invoke(preVote);
    invoke(ping);
    assertEquals(List.of(preVote, ping), wire.sent);
    gate.stored(1, SELF);
    assertEquals(List.of(preVote, ping, vote), wire.sent);
  }

  @Test
  void theCallerHearsOfARequestThatIsNotSent() throws Exception {
    invoke(vote(1, false));
    gate.stored(2, PeerId.emptyPeer());
    assertEquals(List.of(), wire.sent);
    assertInstanceOf(RemotingException.class, failures.get(0));
  }

  @Test
  void theCallerHearsOfARequestThatCannotBeSent() throws Exception {
    wire.broken = true;
    invoke(vote(1, false));
    gate.stored(1, SELF);
    assertInstanceOf(RemotingException.class, failures.get(0));
  }

  @Test
  void thereIsNoWayAroundTheGate() {
    assertThrows(
        IllegalStateException.class, () -> client.invokeSync(PEER, vote(1, false), null, 1));
  }

  @Test
  void jraftIsGivenTheGatedClientOfTheNodeThatItIsFor() {
    NodeOptions options = new NodeOptions();
    options.setServiceFactory(
        new GuardedRaftServices(gate, new HaltSwitch(), () -> {}, UnaryOperator.identity()));
    var factory = RpcFactoryHelper.rpcFactory();
    assertInstanceOf(VoteGatedRpcFactory.class, factory);
    assertInstanceOf(
        VoteGatedRpcClient.class,
        factory.createRpcClient(factory.defaultJRaftClientConfigHelper(options)));
  }

  /** A wire that keeps what was sent. */
  private static final class Recording implements RpcClient {
    private final List<Object> sent = new ArrayList<>();
    private boolean broken;

    @Override
    public void invokeAsync(
        Endpoint endpoint,
        Object request,
        InvokeContext context,
        InvokeCallback callback,
        long timeoutMs)
        throws RemotingException {
      if (broken) {
        throw new RemotingException("as the test wants it");
      }
      sent.add(request);
    }

    @Override
    public Object invokeSync(
        Endpoint endpoint, Object request, InvokeContext context, long timeoutMs) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean checkConnection(Endpoint endpoint) {
      return true;
    }

    @Override
    public boolean checkConnection(Endpoint endpoint, boolean createIfAbsent) {
      return true;
    }

    @Override
    public void closeConnection(Endpoint endpoint) {}

    @Override
    public void registerConnectEventListener(ReplicatorGroup group) {}

    @Override
    public boolean init(RpcOptions options) {
      return true;
    }

    @Override
    public void shutdown() {}
  }
}
