package io.byssus.controlplane.node;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.InvokeContext;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.util.Endpoint;

/**
 * A Raft RPC client whose requests for votes pass the {@link VoteGate}. Pre-votes do not: they
 * promise nothing.
 */
final class VoteGatedRpcClient implements RpcClient {
  private final RpcClient client;
  private final VoteGate gate;

  VoteGatedRpcClient(RpcClient client, VoteGate gate) {
    this.client = client;
    this.gate = gate;
  }

  @Override
  public void invokeAsync(
      Endpoint endpoint,
      Object request,
      InvokeContext context,
      InvokeCallback callback,
      long timeoutMs)
      throws InterruptedException, RemotingException {
    if (request instanceof RequestVoteRequest vote && !vote.getPreVote()) {
      gate.send(
          vote.getTerm(),
          () -> invokeHeld(endpoint, request, context, callback, timeoutMs),
          () -> fail(callback, new RemotingException("the term was passed by")));
    } else {
      client.invokeAsync(endpoint, request, context, callback, timeoutMs);
    }
  }

  private void invokeHeld(
      Endpoint endpoint,
      Object request,
      InvokeContext context,
      InvokeCallback callback,
      long timeoutMs) {
    try {
      client.invokeAsync(endpoint, request, context, callback, timeoutMs);
    } catch (RemotingException | RuntimeException e) {
      fail(callback, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(callback, e);
    }
  }

  /** On the callback's own thread: the present one holds the node's lock. */
  private static void fail(InvokeCallback callback, Exception reason) {
    if (callback.executor() == null) {
      callback.complete(null, reason);
    } else {
      callback.executor().execute(() -> callback.complete(null, reason));
    }
  }

  /** Pings and the like; a request for votes is never made in this way. */
  @Override
  public Object invokeSync(Endpoint endpoint, Object request, InvokeContext context, long timeoutMs)
      throws InterruptedException, RemotingException {
    if (request instanceof RequestVoteRequest vote && !vote.getPreVote()) {
      throw new IllegalStateException("a request for votes must pass the gate");
    }
    return client.invokeSync(endpoint, request, context, timeoutMs);
  }

  @Override
  public boolean checkConnection(Endpoint endpoint) {
    return client.checkConnection(endpoint);
  }

  @Override
  public boolean checkConnection(Endpoint endpoint, boolean createIfAbsent) {
    return client.checkConnection(endpoint, createIfAbsent);
  }

  @Override
  public void closeConnection(Endpoint endpoint) {
    client.closeConnection(endpoint);
  }

  @Override
  public void registerConnectEventListener(ReplicatorGroup group) {
    client.registerConnectEventListener(group);
  }

  @Override
  public boolean init(RpcOptions options) {
    return client.init(options);
  }

  @Override
  public void shutdown() {
    client.shutdown();
  }
}
