package io.byssus.bench.engine;

/**
 * What can be measured.
 *
 * @param name for people
 * @param opening makes it ready; not measured
 */
public record Contender(String name, Opening opening) {

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
