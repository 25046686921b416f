package io.byssus.client;

import com.google.protobuf.ByteString;
import java.util.Base64;

/**
 * Where a scan goes on: opaque, and good for the same namespace, partition key and selection only,
 * also in another process and through another dispatcher. Immutable.
 */
public final class PageToken {
  private final ByteString bytes;

  private PageToken(ByteString bytes) {
    this.bytes = bytes;
  }

  static PageToken of(ByteString bytes) {
    return new PageToken(bytes);
  }

  /**
   * The token of {@link #toString()}.
   *
   * @throws IllegalArgumentException where the text is no Base64; other damage is found by the
   *     scan, which fails with {@link InvalidRequestException}
   */
  public static PageToken parse(String text) {
    return new PageToken(ByteString.copyFrom(Base64.getUrlDecoder().decode(text)));
  }

  ByteString bytes() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PageToken token && bytes.equals(token.bytes);
  }

  @Override
  public int hashCode() {
    return bytes.hashCode();
  }

  /** The token as text that is safe in URLs and file names; {@link #parse} reads it. */
  @Override
  public String toString() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }
}
