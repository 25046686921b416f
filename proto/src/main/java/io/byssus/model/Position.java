package io.byssus.model;

/**
 * A place in one shard's log: the log's incarnation and the offset in it.
 *
 * <p>On the wire and on disk a position is one unsigned 64-bit number, the incarnation in the upper
 * 16 bits and the offset in the lower 48, so that positions of one shard compare as numbers:
 * everything in a later incarnation is later. 0 is no position. A record's version under log order
 * is its position.
 *
 * @param incarnation 1 to 65,535
 * @param offset 0 to 2^48 − 1
 */
public record Position(int incarnation, long offset) implements Comparable<Position> {
  /** The number that stands for no position. */
  public static final long NONE = 0;

  /** The highest incarnation. */
  public static final int MAX_INCARNATION = 0xFFFF;

  /** The highest offset. */
  public static final long MAX_OFFSET = (1L << 48) - 1;

  /** Checks the ranges. */
  public Position {
    if (incarnation < 1 || incarnation > MAX_INCARNATION) {
      throw new IllegalArgumentException("incarnation must be 1 to 65535, is " + incarnation);
    }
    if (offset < 0 || offset > MAX_OFFSET) {
      throw new IllegalArgumentException("offset must be 0 to 2^48-1, is " + offset);
    }
  }

  /**
   * The position that a number stands for.
   *
   * @throws IllegalArgumentException where its incarnation is 0
   */
  public static Position of(long packed) {
    return new Position(incarnation(packed), packed & MAX_OFFSET);
  }

  /** The incarnation of a position in its number form; 0 for {@link #NONE}. */
  public static int incarnation(long packed) {
    return (int) (packed >>> 48);
  }

  /** The number form of incarnation and offset, unchecked: for paths that run once per record. */
  public static long pack(int incarnation, long offset) {
    return ((long) incarnation << 48) | offset;
  }

  /** The number form. */
  public long packed() {
    return pack(incarnation, offset);
  }

  @Override
  public int compareTo(Position other) {
    return Long.compareUnsigned(packed(), other.packed());
  }

  @Override
  public String toString() {
    return incarnation + "/" + offset;
  }
}
