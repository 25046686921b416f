package io.byssus.process;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicReference;

/** Takes or makes each call's {@link RequestId}, works under it, and returns it to the caller. */
final class RequestIdInterceptor implements ServerInterceptor {

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String id = RequestId.takeOrMake(headers);
    var context = Context.current().withValue(RequestId.CONTEXT, id);
    var listener = new AtomicReference<ServerCall.Listener<Q>>();
    RequestId.runLogged(
        id,
        () ->
            listener.set(
                Contexts.interceptCall(context, new Answering<>(call, id), headers, next)));
    return new Logged<>(listener.get(), id);
  }

  /** Returns the id in the headers, or in the trailers of a call that fails before it has any. */
  private static final class Answering<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final String id;
    private boolean headersSent;

    Answering(ServerCall<Q, R> call, String id) {
      super(call);
      this.id = id;
    }

    @Override
    public void sendHeaders(Metadata headers) {
      headersSent = true;
      headers.put(RequestId.METADATA, id);
      super.sendHeaders(headers);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (!headersSent) {
        trailers.put(RequestId.METADATA, id);
      }
      super.close(status, trailers);
    }
  }

  private static final class Logged<Q> extends SimpleForwardingServerCallListener<Q> {
    private final String id;

    Logged(ServerCall.Listener<Q> listener, String id) {
      super(listener);
      this.id = id;
    }

    @Override
    public void onMessage(Q message) {
      RequestId.runLogged(id, () -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      RequestId.runLogged(id, super::onHalfClose);
    }

    @Override
    public void onCancel() {
      RequestId.runLogged(id, super::onCancel);
    }

    @Override
    public void onComplete() {
      RequestId.runLogged(id, super::onComplete);
    }

    @Override
    public void onReady() {
      RequestId.runLogged(id, super::onReady);
    }
  }
}
