package io.byssus.client.calls;

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
  public static final Metadata.Key<String> REQUEST_ID =
      Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);
  static final Metadata.Key<String> CRITICALITY =
      Metadata.Key.of("x-byssus-criticality", Metadata.ASCII_STRING_MARSHALLER);

  /** Of a call as critical as calls are. */
  public static CallTag of(String requestId) {
    return new CallTag(requestId, Criticality.CRITICALITY_UNSPECIFIED);
  }

  Metadata headers() {
    Metadata headers = new Metadata();
    headers.put(REQUEST_ID, requestId);
    if (criticality == Criticality.SHEDDABLE || criticality == Criticality.CRITICAL) {
      headers.put(CRITICALITY, criticality.name().toLowerCase(Locale.ROOT));
    }
    return headers;
  }
}
