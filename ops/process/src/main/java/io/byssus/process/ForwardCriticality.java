package io.byssus.process;

import io.byssus.model.CallHeaders;
import io.byssus.proto.kv.v1.Criticality;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/** Sends how critical the request at hand is along with outgoing calls. */
public final class ForwardCriticality implements ClientInterceptor {

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    var call = next.newCall(method, options);
    var criticality = CallCriticality.current();
    return criticality == Criticality.DEFAULT ? call : new Sending<>(call, criticality);
  }

  private static final class Sending<Q, R> extends SimpleForwardingClientCall<Q, R> {
    private final Criticality criticality;

    Sending(ClientCall<Q, R> call, Criticality criticality) {
      super(call);
      this.criticality = criticality;
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
      headers.put(CallHeaders.CRITICALITY, CallCriticality.text(criticality));
      super.start(listener, headers);
    }
  }
}
