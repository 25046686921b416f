package io.byssus.process;

import io.byssus.model.CallHeaders;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Takes or makes each call's {@link RequestId}, works under it, and returns it to the caller. */
final class RequestIdInterceptor implements ServerInterceptor {

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String id = RequestId.takeOrMake(headers);
    return Contexts.interceptCall(
        Context.current().withValue(RequestId.CONTEXT, id),
        new Answering<>(call, id),
        headers,
        next);
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
      headers.put(CallHeaders.REQUEST_ID, id);
      super.sendHeaders(headers);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (!headersSent) {
        trailers.put(CallHeaders.REQUEST_ID, id);
      }
      super.close(status, trailers);
    }
  }
}
