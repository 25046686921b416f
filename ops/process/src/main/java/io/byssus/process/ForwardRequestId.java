package io.byssus.process;

import io.byssus.model.CallHeaders;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/** Sends the {@link RequestId} of the request at hand along with outgoing calls. */
public final class ForwardRequestId implements ClientInterceptor {

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    var call = next.newCall(method, options);
    var id = RequestId.current();
    return id.isEmpty() ? call : new Sending<>(call, id.get());
  }

  private static final class Sending<Q, R> extends SimpleForwardingClientCall<Q, R> {
    private final String id;

    Sending(ClientCall<Q, R> call, String id) {
      super(call);
      this.id = id;
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
      if (!headers.containsKey(CallHeaders.REQUEST_ID)) {
        headers.put(CallHeaders.REQUEST_ID, id);
      }
      super.start(listener, headers);
    }
  }
}
