package io.byssus.client;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How strong a read is: one of the constants, or {@link #bounded}. From weak to strong: {@link
 * #EVENTUAL}, {@link #bounded}, {@link #SESSION} (which promises another thing than a bound),
 * {@link #LINEARIZABLE}. Immutable, compared by content.
 */
public final class Consistency {
  /**
   * What the namespace is declared to do ({@link io.byssus.client.admin.ReadDefaults}); EVENTUAL
   * where it says nothing. The default of a client.
   */
  public static final Consistency OF_NAMESPACE =
      new Consistency(
          "OF_NAMESPACE", io.byssus.proto.kv.v1.Consistency.CONSISTENCY_UNSPECIFIED, null);

  /** What some replica holds; the answer tells its age. */
  public static final Consistency EVENTUAL =
      new Consistency("EVENTUAL", io.byssus.proto.kv.v1.Consistency.EVENTUAL, null);

  /**
   * What a replica holds that has applied everything the {@link Session} has written or seen in the
   * record's shard: own writes are read back, and reads never go backwards. May wait for a replica,
   * within the deadline.
   */
  public static final Consistency SESSION =
      new Consistency("SESSION", io.byssus.proto.kv.v1.Consistency.SESSION, null);

  /**
   * Every write, of whichever client, that was acknowledged before the read began. Waits for a
   * record in the log; fails with {@link UnavailableException} while the log is away.
   */
  public static final Consistency LINEARIZABLE =
      new Consistency("LINEARIZABLE", io.byssus.proto.kv.v1.Consistency.LINEARIZABLE, null);

  private final String name;
  private final io.byssus.proto.kv.v1.Consistency proto;

  /** With a bound only; else null. */
  private final Duration maxStaleness;

  private Consistency(String name, io.byssus.proto.kv.v1.Consistency proto, Duration maxStaleness) {
    this.name = name;
    this.proto = proto;
    this.maxStaleness = maxStaleness;
  }

  /**
   * Everything that was acknowledged longer ago than this, and perhaps more. Fails with {@link
   * UnavailableException} where no replica is known to be as fresh.
   *
   * @param maxStaleness 1 ms to an hour, in whole milliseconds; below 100 ms it is served as {@link
   *     #LINEARIZABLE}. A call whose bound is outside of these fails with {@link
   *     InvalidRequestException}
   */
  public static Consistency bounded(Duration maxStaleness) {
    return new Consistency(
        "BOUNDED", io.byssus.proto.kv.v1.Consistency.BOUNDED, Objects.requireNonNull(maxStaleness));
  }

  /** How stale a read may be; empty for every level but {@link #bounded}. */
  public Optional<Duration> maxStaleness() {
    return Optional.ofNullable(maxStaleness);
  }

  io.byssus.proto.kv.v1.Consistency toProto() {
    return proto;
  }

  /** Whether a read of this level may have to see what its session has seen. */
  boolean takesToken() {
    return equals(SESSION) || equals(OF_NAMESPACE);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Consistency level
        && proto == level.proto
        && Objects.equals(maxStaleness, level.maxStaleness);
  }

  @Override
  public int hashCode() {
    return Objects.hash(proto, maxStaleness);
  }

  /** The name, as in {@code SESSION} or {@code BOUNDED(PT0.5S)}. */
  @Override
  public String toString() {
    return maxStaleness == null ? name : name + "(" + maxStaleness + ")";
  }
}
