package io.byssus.systemtests.faults;

import com.google.protobuf.ByteString;
import io.byssus.testkit.Seen;

/**
 * What a shard holds under a name.
 *
 * @param value the value
 * @param version the version, an unsigned number
 */
record StoredState(ByteString value, long version) {
  Seen seen() {
    return WrittenValue.seen(value.toByteArray(), version);
  }

  @Override
  public String toString() {
    return value.size() + " bytes of " + seen();
  }
}
