package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.proto.log.v1.MustBeAbsent;
import io.byssus.proto.log.v1.MustBePresent;
import java.util.Objects;

/**
 * What must hold of a record for a write to take effect, decided where the write is applied: no
 * other write comes between the test and the effect. A condition that does not hold is an outcome,
 * not an exception: {@link WriteResult#failure()}. Immutable.
 *
 * <pre>{@code
 * WriteResult claimed =
 *     places.put(key, "mine", WriteOptions.defaults().withCondition(Condition.absent()));
 * if (!claimed.tookEffect()) {
 *   // Somebody was faster.
 * }
 * }</pre>
 */
public final class Condition {
  private static final Condition ABSENT =
      new Condition(
          io.byssus.proto.log.v1.Condition.newBuilder()
              .setAbsent(MustBeAbsent.getDefaultInstance())
              .build());
  private static final Condition PRESENT =
      new Condition(
          io.byssus.proto.log.v1.Condition.newBuilder()
              .setPresent(MustBePresent.getDefaultInstance())
              .build());

  private final io.byssus.proto.log.v1.Condition proto;

  private Condition(io.byssus.proto.log.v1.Condition proto) {
    this.proto = proto;
  }

  /** There is no such record. */
  public static Condition absent() {
    return ABSENT;
  }

  /** There is such a record. */
  public static Condition present() {
    return PRESENT;
  }

  /**
   * There is such a record, and its version is this.
   *
   * @param version as {@link StoredRecord#version()} told it
   */
  public static Condition versionEquals(long version) {
    return new Condition(
        io.byssus.proto.log.v1.Condition.newBuilder().setVersionEquals(version).build());
  }

  /**
   * There is such a record, and its value is this.
   *
   * @param value at most 1 MiB; copied
   */
  public static Condition valueEquals(byte[] value) {
    return valueEquals(ByteString.copyFrom(value));
  }

  /** There is such a record, and its value is this, as UTF-8. */
  public static Condition valueEquals(String value) {
    return valueEquals(ByteString.copyFromUtf8(value));
  }

  private static Condition valueEquals(ByteString value) {
    return new Condition(
        io.byssus.proto.log.v1.Condition.newBuilder().setValueEquals(value).build());
  }

  io.byssus.proto.log.v1.Condition toProto() {
    return proto;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Condition condition && proto.equals(condition.proto);
  }

  @Override
  public int hashCode() {
    return Objects.hash(proto);
  }

  @Override
  public String toString() {
    return switch (proto.getTestCase()) {
      case ABSENT -> "absent";
      case PRESENT -> "present";
      case VERSION_EQUALS -> "version equals " + Long.toUnsignedString(proto.getVersionEquals());
      case VALUE_EQUALS -> "value equals " + proto.getValueEquals().size() + " bytes";
      case TEST_NOT_SET -> "none";
    };
  }
}
