package io.byssus.bench.engine;

import java.util.List;
import java.util.Optional;

/**
 * What became of one row: a case's subject against one of its ceilings.
 *
 * @param name of the case
 * @param measured what the figures are
 * @param unit of the figures
 * @param subjectName what was measured
 * @param ceilingName what it was held against
 * @param target what the ratio must be
 * @param figures empty where there are none
 * @param trouble why there are none: what is missing, or what failed; empty where there are figures
 * @param skipped whether there are none because a contender is not installed
 * @param curves latencies against load, of subject and ceiling; empty where there are none
 * @param reference what the ceiling reached elsewhere; empty where that is not known
 */
public record CaseResult(
    String name,
    String measured,
    String unit,
    String subjectName,
    String ceilingName,
    Target target,
    Optional<Figures> figures,
    String trouble,
    boolean skipped,
    List<LatencyCurve> curves,
    Optional<Reference> reference) {

  /**
   * The figures of all counted rounds.
   *
   * @param subject the subject's
   * @param ceiling the ceiling's
   * @param ratio subject ÷ ceiling of neighbouring rounds
   */
  public record Figures(Spread subject, Spread ceiling, Spread ratio) {}

  /** Copies the list. */
  public CaseResult {
    curves = List.copyOf(curves);
  }

  /** A row without figures. */
  static CaseResult without(
      BenchCase benchCase, BenchCase.Ceiling ceiling, String trouble, boolean skipped) {
    return of(benchCase, ceiling, Optional.empty(), trouble, skipped, List.of());
  }

  /** A row with figures. */
  static CaseResult with(
      BenchCase benchCase, BenchCase.Ceiling ceiling, Figures figures, List<LatencyCurve> curves) {
    return of(benchCase, ceiling, Optional.of(figures), "", false, curves);
  }

  private static CaseResult of(
      BenchCase benchCase,
      BenchCase.Ceiling ceiling,
      Optional<Figures> figures,
      String trouble,
      boolean skipped,
      List<LatencyCurve> curves) {
    return new CaseResult(
        benchCase.name(),
        benchCase.measured(),
        benchCase.unit(),
        benchCase.subject().name(),
        ceiling.contender().name(),
        ceiling.target(),
        figures,
        trouble,
        skipped,
        curves,
        ceiling.contender().reference());
  }

  /** Whether the median of the ratios is as it must be; never without figures. */
  public boolean reached() {
    return figures.isPresent() && target.isReachedBy(figures.get().ratio().median());
  }

  /** Whether something went wrong, as opposed to being slow or not there. */
  public boolean failed() {
    return figures.isEmpty() && !skipped;
  }
}
