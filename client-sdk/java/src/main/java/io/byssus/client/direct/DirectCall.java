package io.byssus.client.direct;

import io.byssus.clustermap.replicas.Replica;
import io.byssus.clustermap.replicas.ServerChannels;
import io.byssus.clustermap.replicas.ShardRouter;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.function.Function;

/**
 * A call to one server that looks like a call to a dispatcher. Every failure is told as NO_REPLICA:
 * a dispatcher may do better, and is the one to say what is wrong.
 */
final class DirectCall<Q, R> extends ClientCall<Q, R> {
  private final Function<Q, DirectRoute<?, ?, R>> routing;
  private final ShardRouter router;
  private final ServerChannels servers;
  private final CallOptions options;
  private Listener<R> listener;
  private Metadata headers;
  private Q question;

  // Guarded by this.
  private ClientCall<?, ?> inner;
  private int asked;
  private boolean cancelled;

  DirectCall(
      Function<Q, DirectRoute<?, ?, R>> routing,
      ShardRouter router,
      ServerChannels servers,
      CallOptions options) {
    this.routing = routing;
    this.router = router;
    this.servers = servers;
    this.options = options;
  }

  @Override
  public void start(Listener<R> responseListener, Metadata requestHeaders) {
    listener = responseListener;
    headers = requestHeaders;
  }

  @Override
  public void sendMessage(Q message) {
    question = message;
  }

  @Override
  public void halfClose() {
    DirectRoute<?, ?, R> route;
    try {
      route = routing.apply(question);
    } catch (ByssusException e) {
      listener.onClose(status(e), trailers(e));
      return;
    }
    ask(route);
  }

  private <S, P> void ask(DirectRoute<S, P, R> route) {
    ClientCall<S, P> call = servers.to(route.replica().address()).newCall(route.method(), options);
    int early;
    synchronized (this) {
      if (cancelled) {
        call = null;
      }
      inner = call;
      early = asked;
    }
    if (call == null) {
      listener.onClose(Status.CANCELLED, new Metadata());
      return;
    }
    call.start(new Answers<>(call, route), headers);
    call.sendMessage(route.question());
    call.halfClose();
    if (early > 0) {
      call.request(early);
    }
  }

  @Override
  public void request(int messages) {
    ClientCall<?, ?> running;
    synchronized (this) {
      running = inner;
      if (running == null) {
        asked += messages;
      }
    }
    if (running != null) {
      running.request(messages);
    }
  }

  @Override
  public void cancel(String message, Throwable cause) {
    ClientCall<?, ?> running;
    synchronized (this) {
      cancelled = true;
      running = inner;
    }
    if (running != null) {
      running.cancel(message, cause);
    }
  }

  private final class Answers<S, P> extends Listener<P> {
    private final ClientCall<S, P> call;
    private final DirectRoute<S, P, R> route;
    private ByssusException objection;

    Answers(ClientCall<S, P> call, DirectRoute<S, P, R> route) {
      this.call = call;
      this.route = route;
    }

    @Override
    public void onMessage(P message) {
      if (objection != null) {
        return;
      }
      R answer;
      try {
        answer = route.answer().apply(message);
      } catch (ByssusException e) {
        objection = e;
        call.cancel("not good enough", null);
        return;
      }
      if (answer == null) {
        call.request(1);
      } else {
        listener.onMessage(answer);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (objection != null) {
        listener.onClose(status(objection), trailers(objection));
      } else if (status.isOk()) {
        listener.onClose(status, trailers);
      } else {
        ByssusException failure =
            failed(router, route.replica(), status.asRuntimeException(trailers));
        listener.onClose(status(failure), trailers(failure));
      }
    }
  }

  /** What the caller is told of a server's failure; notes what speaks against the server. */
  static ByssusException failed(ShardRouter router, Replica replica, Throwable failure) {
    ByssusException reason = GrpcErrors.fromGrpc(failure, ErrorCode.NO_REPLICA);
    if (reason.code() == ErrorCode.NO_REPLICA || reason.code() == ErrorCode.SHUTTING_DOWN) {
      router.suspect(replica);
    }
    return new ByssusException(
        ErrorCode.NO_REPLICA,
        replica.nodeId() + ": " + reason.code() + ", " + reason.getMessage(),
        failure);
  }

  static Status status(ByssusException failure) {
    return GrpcErrors.toGrpc(failure).getStatus();
  }

  static Metadata trailers(ByssusException failure) {
    Metadata trailers = GrpcErrors.toGrpc(failure).getTrailers();
    return trailers == null ? new Metadata() : trailers;
  }
}
