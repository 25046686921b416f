package io.byssus.process;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An amount of memory or disk.
 *
 * @param bytes how many, not negative
 */
public record DataSize(long bytes) implements Comparable<DataSize> {
  private static final Pattern SHAPE = Pattern.compile("([0-9]{1,12})(B|KiB|MiB|GiB|TiB)");
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  public DataSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size cannot be negative: " + bytes);
    }
  }

  /** So many KiB, 1,024 bytes each. */
  public static DataSize ofKib(long kib) {
    return new DataSize(Math.multiplyExact(kib, 1L << 10));
  }

  /** So many MiB. */
  public static DataSize ofMib(long mib) {
    return new DataSize(Math.multiplyExact(mib, 1L << 20));
  }

  /** So many GiB. */
  public static DataSize ofGib(long gib) {
    return new DataSize(Math.multiplyExact(gib, 1L << 30));
  }

  /** Reads {@code 64MiB} and the like; empty where the text has no such shape or is too large. */
  public static Optional<DataSize> parse(String text) {
    var match = SHAPE.matcher(text);
    if (!match.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(match.group(1));
    for (int i = 0; i < UNITS.length; i++) {
      if (UNITS[i].equals(match.group(2)) && number <= Long.MAX_VALUE >> (10 * i)) {
        return Optional.of(new DataSize(number << (10 * i)));
      }
    }
    return Optional.empty();
  }

  @Override
  public int compareTo(DataSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** In the largest unit that divides it, as {@link #parse} reads it. */
  @Override
  public String toString() {
    int unit = 0;
    long number = bytes;
    while (number != 0 && number % 1_024 == 0 && unit < UNITS.length - 1) {
      number /= 1_024;
      unit++;
    }
    return number + UNITS[unit];
  }
}
