package io.byssus.client.direct;

import io.byssus.client.direct.DirectRoutes.GetRoute;
import io.byssus.clustermap.replicas.ServerChannels;
import io.byssus.clustermap.replicas.ShardRouter;
import io.byssus.model.ByssusException;
import io.byssus.model.CallHeaders;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A read of one record, which shares a call with the others of its server. */
final class DirectGet extends ClientCall<GetRequest, GetResponse> {
  private static final long NO_DEADLINE_SECONDS = 30;

  private final DirectRoutes routes;
  private final ShardRouter router;
  private final ServerChannels servers;
  private final CallOptions options;
  private final AtomicBoolean ended = new AtomicBoolean();
  private Listener<GetResponse> listener;
  private Metadata headers;
  private GetRequest question;
  private volatile CompletableFuture<GetResponse> asked;

  DirectGet(DirectRoutes routes, ShardRouter router, ServerChannels servers, CallOptions options) {
    this.routes = routes;
    this.router = router;
    this.servers = servers;
    this.options = options;
  }

  @Override
  public void start(Listener<GetResponse> responseListener, Metadata requestHeaders) {
    listener = responseListener;
    headers = requestHeaders;
  }

  @Override
  public void sendMessage(GetRequest message) {
    question = message;
  }

  @Override
  public void request(int messages) {
    // There is one answer, given when it is there.
  }

  @Override
  public void halfClose() {
    GetRoute route;
    try {
      route = routes.get(question);
    } catch (ByssusException e) {
      refuse(e);
      return;
    }
    String requestId = headers.get(CallHeaders.REQUEST_ID);
    CompletableFuture<GetResponse> answer =
        servers.get(
            route.replica(), route.question(), timeoutNanos(), requestId == null ? "" : requestId);
    asked = answer;
    if (ended.get()) {
      answer.cancel(false);
    }
    answer.whenComplete((found, failure) -> answered(route, found, failure));
  }

  private long timeoutNanos() {
    Deadline deadline = options.getDeadline();
    return deadline == null
        ? TimeUnit.SECONDS.toNanos(NO_DEADLINE_SECONDS)
        : deadline.timeRemaining(TimeUnit.NANOSECONDS);
  }

  private void answered(GetRoute route, GetResponse answer, Throwable failure) {
    if (failure != null) {
      refuse(DirectCall.failed(router, route.replica(), failure));
      return;
    }
    try {
      route.reading().check(answer.getContext());
    } catch (ByssusException e) {
      refuse(e);
      return;
    }
    if (ended.compareAndSet(false, true)) {
      listener.onMessage(answer);
      listener.onClose(Status.OK, new Metadata());
    }
  }

  private void refuse(ByssusException failure) {
    end(DirectCall.status(failure), DirectCall.trailers(failure));
  }

  @Override
  public void cancel(String message, Throwable cause) {
    end(Status.CANCELLED.withDescription(message), new Metadata());
    CompletableFuture<GetResponse> answer = asked;
    if (answer != null) {
      answer.cancel(false);
    }
  }

  private void end(Status status, Metadata trailers) {
    if (ended.compareAndSet(false, true)) {
      listener.onClose(status, trailers);
    }
  }
}
