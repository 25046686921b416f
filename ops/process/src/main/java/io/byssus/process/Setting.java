package io.byssus.process;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * One setting as found in a configuration file: there, absent, or wrong (and then already
 * reported).
 *
 * @param <T> what it is read as
 */
public final class Setting<T> {
  private final ConfigReader config;
  private final String name;
  private final int line;
  private final T value;
  private final T standIn;
  private final boolean present;

  /**
   * {@code value} is null if absent or wrong; {@code standIn} lets reading go on after a problem.
   */
  Setting(ConfigReader config, String name, int line, T value, T standIn, boolean present) {
    this.config = config;
    this.name = name;
    this.line = line;
    this.value = value;
    this.standIn = standIn;
    this.present = present;
  }

  /** Adds a rule; {@code mustBe} completes the sentence "node-id: must be …". */
  public Setting<T> check(Predicate<T> rule, String mustBe) {
    if (value == null || rule.test(value)) {
      return this;
    }
    config.problem(line, name + ": must be " + mustBe);
    return new Setting<>(config, name, line, null, standIn, true);
  }

  /** The value; its absence is a problem. */
  public T required() {
    if (!present) {
      config.problem(0, name + ": missing");
    }
    return orElse(standIn);
  }

  /** The value, or this one if it is absent. */
  public T orElse(T fallback) {
    return value == null ? fallback : value;
  }

  /** The value if it is there. */
  public Optional<T> optional() {
    return Optional.ofNullable(value);
  }
}
