package io.byssus.dispatcher;

import io.byssus.model.CallHeaders;
import io.byssus.proto.internal.v1.ShardGetQuestion;
import io.byssus.proto.kv.v1.Criticality;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.List;
import java.util.Locale;
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
    Optional.ofNullable(headers.get(CallHeaders.REQUEST_ID)).ifPresent(ids::add);
    Optional.ofNullable(headers.get(CallHeaders.CRITICALITY)).ifPresent(criticalities::add);
    return next.startCall(call, headers);
  }

  /** The same of a question among others of a call. */
  void take(ShardGetQuestion question) {
    ids.add(question.getRequestId());
    Criticality said = question.getGet().getView().getCriticality();
    if (said != Criticality.CRITICALITY_UNSPECIFIED) {
      criticalities.add(said.name().toLowerCase(Locale.ROOT));
    }
  }
}
