package io.byssus.dispatcher;

import io.byssus.process.RequestId;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.List;
import java.util.Optional;

/**
 * Notes the request ids that calls bring.
 *
 * @param ids where to
 */
record RequestIdTaker(List<String> ids) implements ServerInterceptor {
  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Optional.ofNullable(headers.get(RequestId.METADATA)).ifPresent(ids::add);
    return next.startCall(call, headers);
  }
}
