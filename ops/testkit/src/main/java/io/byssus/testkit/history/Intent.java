package io.byssus.testkit.history;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What is asked of one key. Values are told apart by numbers from 1 up, each written by one
 * operation only; 0 stands for absence.
 *
 * @param kind put, removal or read
 * @param value what is put; else 0
 * @param expected what must be there for a write to take effect, 0 for nothing; empty: no condition
 * @param level of a read; else null
 * @param bound of a read of {@link Level#BOUNDED}; else zero
 */
public record Intent(Kind kind, long value, Optional<Long> expected, Level level, Duration bound) {
  /** What is done. */
  public enum Kind {
    /** A value is put. */
    PUT,
    /** The record is removed. */
    REMOVE,
    /** The record is read. */
    READ
  }

  /** Checks that the parts belong together. */
  public Intent {
    Objects.requireNonNull(expected);
    if ((kind == Kind.PUT) != (value > 0)
        || (kind == Kind.READ) != (level != null)
        || kind == Kind.READ && expected.isPresent()
        || (level == Level.BOUNDED) == bound.isZero()) {
      throw new IllegalArgumentException("not an operation: " + kind + " " + value + " " + level);
    }
  }

  /** Puts a value, whatever is there. */
  public static Intent put(long value) {
    return new Intent(Kind.PUT, value, Optional.empty(), null, Duration.ZERO);
  }

  /** Puts a value if another is there; 0: if none is. */
  public static Intent putIf(long expected, long value) {
    return new Intent(Kind.PUT, value, Optional.of(expected), null, Duration.ZERO);
  }

  /** Removes what is there. */
  public static Intent remove() {
    return new Intent(Kind.REMOVE, 0, Optional.empty(), null, Duration.ZERO);
  }

  /** Removes what is there if it is this value. */
  public static Intent removeIf(long expected) {
    return new Intent(Kind.REMOVE, 0, Optional.of(expected), null, Duration.ZERO);
  }

  /** Reads at a level other than {@link Level#BOUNDED}. */
  public static Intent read(Level level) {
    return new Intent(Kind.READ, 0, Optional.empty(), level, Duration.ZERO);
  }

  /** Reads what is not staler than a bound. */
  public static Intent readBounded(Duration bound) {
    return new Intent(Kind.READ, 0, Optional.empty(), Level.BOUNDED, bound);
  }

  boolean reads() {
    return kind == Kind.READ;
  }

  @Override
  public String toString() {
    return switch (kind) {
      case PUT -> "put " + value + condition();
      case REMOVE -> "remove" + condition();
      case READ -> "read " + level + (bound.isZero() ? "" : " " + bound.toMillis() + " ms");
    };
  }

  private String condition() {
    return expected.map(value -> value == 0 ? " if absent" : " if " + value).orElse("");
  }
}
