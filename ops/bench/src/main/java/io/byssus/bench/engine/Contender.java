package io.byssus.bench.engine;

import java.util.Optional;

/**
 * What can be measured.
 *
 * @param name for people
 * @param opening makes it ready; not measured
 * @param reference what it reached elsewhere; empty where that is not known
 */
public record Contender(String name, Opening opening, Optional<Reference> reference) {
  /** One of which it is not known what it reached elsewhere. */
  public Contender(String name, Opening opening) {
    this(name, opening, Optional.empty());
  }

  /** The same, of which it is known. */
  public Contender with(Reference known) {
    return new Contender(name, opening, Optional.of(known));
  }

  /** The same, of which nobody asks for latencies. */
  public Contender withoutCurve() {
    return new Contender(
        name,
        () -> {
          Running whole = opening.open();
          return Running.of(whole, whole);
        },
        reference);
  }

  /** Makes a contender ready to be measured. */
  @FunctionalInterface
  public interface Opening {
    /**
     * The contender, ready.
     *
     * @throws NotInstalledException where this machine does not have what it takes
     */
    Running open() throws Exception;
  }
}
