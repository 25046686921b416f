package io.byssus.client.calls;

import io.byssus.model.CallHeaders;
import io.byssus.proto.kv.v1.Criticality;
import io.grpc.Metadata;
import java.util.Locale;

/**
 * What every attempt of a call carries beside its message.
 *
 * @param requestId the same in every attempt
 * @param criticality when the call is refused by a process that is overloaded
 */
public record CallTag(String requestId, Criticality criticality) {
  /** Of a call as critical as calls are. */
  public static CallTag of(String requestId) {
    return new CallTag(requestId, Criticality.CRITICALITY_UNSPECIFIED);
  }

  Metadata headers() {
    Metadata headers = new Metadata();
    headers.put(CallHeaders.REQUEST_ID, requestId);
    if (criticality == Criticality.SHEDDABLE || criticality == Criticality.CRITICAL) {
      headers.put(CallHeaders.CRITICALITY, criticality.name().toLowerCase(Locale.ROOT));
    }
    return headers;
  }
}
