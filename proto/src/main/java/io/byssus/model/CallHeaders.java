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

  private static final int MOST_ID_CHARACTERS = 64;

  private CallHeaders() {}

  /** Whether a request may have this id: 1 to 64 of A-Z, a-z, 0-9 and {@code . _ : / -}. */
  public static boolean isRequestId(String id) {
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean word = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      if (!word && "._:/-".indexOf(c) < 0) {
        return false;
      }
    }
    return !id.isEmpty() && id.length() <= MOST_ID_CHARACTERS;
  }
}
