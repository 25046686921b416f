package io.byssus.client;

import io.grpc.Metadata;

/**
 * What every attempt of a call carries beside its message.
 *
 * @param requestId the same in every attempt
 * @param criticality when the call is refused by a process that is overloaded
 */
record CallTag(String requestId, Criticality criticality) {
  static final Metadata.Key<String> REQUEST_ID =
      Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);
  static final Metadata.Key<String> CRITICALITY =
      Metadata.Key.of("x-byssus-criticality", Metadata.ASCII_STRING_MARSHALLER);

  /** Of a call as critical as calls are. */
  static CallTag of(String requestId) {
    return new CallTag(requestId, Criticality.DEFAULT);
  }

  Metadata headers() {
    Metadata headers = new Metadata();
    headers.put(REQUEST_ID, requestId);
    if (criticality != Criticality.DEFAULT) {
      headers.put(CRITICALITY, criticality.header());
    }
    return headers;
  }
}
