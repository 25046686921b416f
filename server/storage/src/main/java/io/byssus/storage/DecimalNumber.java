package io.byssus.storage;

import com.google.protobuf.ByteString;
import java.util.Optional;

/** The numbers that can be incremented: 1 to 20 bytes, an optional "-" and decimal digits. */
final class DecimalNumber {
  private static final int MAX_BYTES = 20;

  private DecimalNumber() {}

  /** The number that a value is; empty where it is none, or not in the range of 64 signed bits. */
  static Optional<Long> parse(ByteString value) {
    int digitsFrom = !value.isEmpty() && value.byteAt(0) == '-' ? 1 : 0;
    if (value.size() > MAX_BYTES || value.size() == digitsFrom) {
      return Optional.empty();
    }
    for (int i = digitsFrom; i < value.size(); i++) {
      if (value.byteAt(i) < '0' || value.byteAt(i) > '9') {
        return Optional.empty();
      }
    }
    try {
      return Optional.of(Long.parseLong(value.toStringUtf8()));
    } catch (NumberFormatException e) {
      // Digits only: the number is out of range.
      return Optional.empty();
    }
  }
}
