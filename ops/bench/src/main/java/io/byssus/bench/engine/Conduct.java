package io.byssus.bench.engine;

/**
 * How a case is conducted.
 *
 * @param mostWarmUps rounds that are not counted, at the most
 * @param mostCounted rounds that are counted, at the most: fewer where a round takes long
 * @param onlyWhereNamed whether it is left out unless it is asked for by its name
 */
public record Conduct(int mostWarmUps, int mostCounted, boolean onlyWhereNamed) {
  /** As many rounds as the run has, in every run. */
  public static final Conduct USUAL = new Conduct(Integer.MAX_VALUE, Integer.MAX_VALUE, false);

  /** The rounds of a run, as far as the case takes part. */
  public Rounds of(Rounds run) {
    return new Rounds(
        Math.min(run.warmUps(), mostWarmUps),
        Math.min(run.counted(), mostCounted),
        run.length(),
        run.loads());
  }
}
