package io.byssus.dispatcher;

import io.byssus.process.CallCriticality;
import io.byssus.process.RequestId;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.List;
import java.util.Optional;

/**
 * Notes what calls bring beside their messages.
 *
 * @param ids where request ids are noted
 * @param criticalities where it is noted how critical calls say they are
 */
record HeaderTaker(List<String> ids, List<String> criticalities) implements ServerInterceptor {
  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Optional.ofNullable(headers.get(RequestId.METADATA)).ifPresent(ids::add);
    Optional.ofNullable(headers.get(CallCriticality.METADATA)).ifPresent(criticalities::add);
    return next.startCall(call, headers);
  }
}
