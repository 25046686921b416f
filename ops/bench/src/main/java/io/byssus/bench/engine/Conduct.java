package io.byssus.bench.engine;

/**
 * How a case is conducted.
 *
 * @param mostWarmUps rounds that are not counted, at the most
 * @param oneIn it takes part in one of so many counted rounds of the run, rounded up: in fewer
 *     where a round takes long
 * @param onlyWhereNamed whether it is left out unless it is asked for by its name
 */
public record Conduct(int mostWarmUps, int oneIn, boolean onlyWhereNamed) {
  /** As many rounds as the run has, in every run. */
  public static final Conduct USUAL = new Conduct(Integer.MAX_VALUE, 1, false);

  /** The rounds of a run, as far as the case takes part. */
  public Rounds of(Rounds run) {
    return new Rounds(
        Math.min(run.warmUps(), mostWarmUps),
        (run.counted() - 1) / oneIn + 1,
        run.length(),
        run.loads());
  }
}
