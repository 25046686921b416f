package io.byssus.storage;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.Lifetime;
import io.byssus.proto.log.v1.NamespaceRules;
import java.nio.ByteBuffer;

/**
 * A namespace as a shard knows it.
 *
 * @param rules its rules
 * @param plain whether each of its records is one row and nothing else: under LOG_ORDER, as long as
 *     no record was ever given an expiry and no older version was ever kept. Then a write without a
 *     condition goes without a look at the record
 */
record ShardNamespace(NamespaceRules rules, boolean plain) {
  private static final byte LAYOUT = 1;
  private static final long DEFAULT_RETENTION_MILLIS = 7L * 24 * 60 * 60 * 1_000;

  /** A namespace of which nothing was known. */
  static ShardNamespace first(NamespaceRules rules) {
    return new ShardNamespace(rules, true).underOwnRules();
  }

  /**
   * The namespace under newer rules. Its conflict rule stays what it was: what is stored could not
   * be read under another.
   */
  ShardNamespace under(NamespaceRules newer) {
    return new ShardNamespace(
            newer.toBuilder().setConflictRule(rules.getConflictRule()).build(), plain)
        .underOwnRules();
  }

  private ShardNamespace underOwnRules() {
    return byVersion() || maxVersions() > 1 ? notPlain() : this;
  }

  ShardNamespace notPlain() {
    return new ShardNamespace(rules, false);
  }

  int id() {
    return rules.getNamespaceId();
  }

  boolean byVersion() {
    return rules.getConflictRule() == ConflictRule.VERSION;
  }

  int maxVersions() {
    return Math.max(1, rules.getMaxVersions());
  }

  /** When a record expires that is put now; 0: never. */
  long expiresMillis(boolean hasLifetime, Lifetime lifetime, long clockMillis) {
    if (!hasLifetime) {
      long ttl = rules.getDefaultTtlMs();
      return ttl == 0 ? 0 : later(clockMillis, ttl);
    }
    return switch (lifetime.getUntilCase()) {
      case TTL_MS -> later(clockMillis, lifetime.getTtlMs());
      case EXPIRES_MS -> lifetime.getExpiresMs();
      case UNENDING, UNTIL_NOT_SET -> 0;
    };
  }

  /** Until when a version is remembered that ends at a moment, under VERSION. */
  long rememberedUntilMillis(long endMillis) {
    long retention = rules.getTombstoneRetentionMs();
    return later(endMillis, retention == 0 ? DEFAULT_RETENTION_MILLIS : retention);
  }

  /** The sum of a moment and an unsigned span; the end of time where there is no such moment. */
  private static long later(long millis, long span) {
    return span < 0 || millis > Long.MAX_VALUE - span ? Long.MAX_VALUE : millis + span;
  }

  byte[] encode() {
    return ByteBuffer.allocate(2 + rules.getSerializedSize())
        .put(LAYOUT)
        .put((byte) (plain ? 1 : 0))
        .put(rules.toByteArray())
        .array();
  }

  static ShardNamespace decode(byte[] bytes) {
    if (bytes.length < 2 || bytes[0] != LAYOUT) {
      throw new IllegalStateException("stored rules have a layout that this release does not know");
    }
    try {
      return new ShardNamespace(
          NamespaceRules.parseFrom(ByteString.copyFrom(bytes, 2, bytes.length - 2)), bytes[1] == 1);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("stored namespace rules do not parse", e);
    }
  }
}
