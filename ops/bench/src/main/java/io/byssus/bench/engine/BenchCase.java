package io.byssus.bench.engine;

import java.util.List;

/**
 * What is measured: a subject, and what it is held against.
 *
 * @param name short, of lower-case letters, digits and "-"
 * @param measured what the figures are, for people
 * @param unit of the figures, such as {@code ops/s}
 * @param subject what is measured
 * @param ceilings what it is held against, each with its own target: 1 or more
 * @param conduct how it is conducted
 */
public record BenchCase(
    String name,
    String measured,
    String unit,
    Contender subject,
    List<Ceiling> ceilings,
    Conduct conduct) {

  /** A case that is conducted as all are. */
  public BenchCase(
      String name, String measured, String unit, Contender subject, List<Ceiling> ceilings) {
    this(name, measured, unit, subject, ceilings, Conduct.USUAL);
  }

  /**
   * Something that a subject is held against.
   *
   * @param contender what it is
   * @param target what the ratio must be
   */
  public record Ceiling(Contender contender, Target target) {}

  /** Checks name and number. */
  public BenchCase {
    if (!name.matches("[a-z0-9-]+")) {
      throw new IllegalArgumentException("a case's name is of a-z, 0-9 and -, this is " + name);
    }
    if (ceilings.isEmpty()) {
      throw new IllegalArgumentException(name + " has nothing to be held against");
    }
    ceilings = List.copyOf(ceilings);
  }
}
