package io.byssus.model;

import io.grpc.Metadata;

/** What calls carry beside their messages. */
public final class CallHeaders {
  /** The id of a request, the same through every hop; both ways. */
  public static final Metadata.Key<String> REQUEST_ID =
      Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

  /** How critical a call is: sheddable, default or critical; anything else counts as default. */
  public static final Metadata.Key<String> CRITICALITY =
      Metadata.Key.of("x-byssus-criticality", Metadata.ASCII_STRING_MARSHALLER);

  private CallHeaders() {}
}
