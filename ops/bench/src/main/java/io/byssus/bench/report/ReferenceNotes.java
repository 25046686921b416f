package io.byssus.bench.report;

import io.byssus.bench.engine.CaseResult;
import io.byssus.bench.engine.Reference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Which ceilings are far from what they reached elsewhere, and why, as far as is known. */
public final class ReferenceNotes {
  private final List<CaseResult> measured;
  private final OptionalDouble yardstickPart;

  private ReferenceNotes(List<CaseResult> rows) {
    this.measured =
        rows.stream()
            .filter(row -> row.reference().isPresent() && row.figures().isPresent())
            .toList();
    // Of several cases, the mean: a yardstick is measured beside many of them.
    this.yardstickPart =
        measured.stream()
            .filter(row -> row.reference().get().yardstick())
            .mapToDouble(row -> row.reference().get().part(figure(row)))
            .average();
  }

  /** What there is to be said about the ceilings of a run. */
  public static ReferenceNotes of(List<CaseResult> rows) {
    return new ReferenceNotes(rows);
  }

  /**
   * For people: how many ceilings could be compared, and each that is more than 30 % off in any
   * case. Empty where none could.
   */
  public List<String> lines() {
    if (measured.isEmpty()) {
      return List.of();
    }
    Map<String, List<CaseResult>> off = new LinkedHashMap<>();
    measured.stream()
        .filter(row -> !isNear(row))
        .forEach(row -> off.computeIfAbsent(row.ceilingName(), name -> new ArrayList<>()).add(row));
    long compared = measured.stream().map(CaseResult::ceilingName).distinct().count();
    List<String> lines = new ArrayList<>();
    lines.add(
        (compared - off.size())
            + " of "
            + compared
            + " ceilings lie within 30 % of what was measured "
            + Reference.MEASURED
            + (off.isEmpty() ? "." : "; the others:"));
    off.values().forEach(rows -> lines.add(line(rows)));
    return lines;
  }

  private String line(List<CaseResult> rows) {
    CaseResult first = rows.get(0);
    Reference reference = first.reference().orElseThrow();
    double low = rows.stream().mapToDouble(ReferenceNotes::figure).min().orElseThrow();
    double high = rows.stream().mapToDouble(ReferenceNotes::figure).max().orElseThrow();
    return first.ceilingName()
        + " ("
        + String.join(", ", rows.stream().map(CaseResult::name).toList())
        + "): "
        + range(low, high)
        + " "
        + first.unit()
        + " against "
        + range(reference.low(), reference.high())
        + " ("
        + reference.conditions()
        + "): "
        + why(first);
  }

  /** Whether the ceiling of a measured row with a reference is within 30 % of it. */
  static boolean isNear(CaseResult row) {
    return row.reference().orElseThrow().isNear(figure(row));
  }

  /** Why such a row's ceiling is where it is, as far as is known. */
  String why(CaseResult row) {
    Reference reference = row.reference().orElseThrow();
    String known = reference.knownReason(figure(row));
    if (reference.yardstick()) {
      return known.isEmpty()
          ? "the machine differs, or was busy: this is the ceiling that tells how fast it is"
          : known;
    }
    if (yardstickPart.isEmpty()) {
      return (known.isEmpty() ? "no reason is known" : known)
          + "; how fast this machine is was not measured in this run";
    }
    double part = yardstickPart.getAsDouble();
    String machine = "unary echo is at " + Math.round(100 * part) + " % of its reference";
    if (!known.isEmpty()) {
      return known + "; " + machine;
    }
    boolean sameWay = part < 1 == reference.part(figure(row)) < 1;
    boolean far = Math.abs(part - 1) > 0.1;
    return (sameWay && far ? "the machine differs, or was busy: " : "no reason is known: ")
        + machine;
  }

  private static double figure(CaseResult row) {
    return row.figures().orElseThrow().ceiling().median();
  }

  private static String range(double low, double high) {
    return low == high ? Figure.of(low) : Figure.of(low) + " – " + Figure.of(high);
  }
}
