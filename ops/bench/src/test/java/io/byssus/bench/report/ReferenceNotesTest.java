package io.byssus.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.byssus.bench.engine.CaseResult;
import io.byssus.bench.engine.Reference;
import io.byssus.bench.engine.Spread;
import io.byssus.bench.engine.Target;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReferenceNotesTest {
  private static final Reference ECHO = Reference.between(90, 110, "an echo").asYardstick();
  private static final Reference GET = Reference.of(1_000, "a get");
  private static final Reference PRODUCER =
      Reference.of(1_000, "a producer").slowerHereAs("small batches").fasterHereAs("no checks");

  @Test
  void aFigureIsNearUpToThirtyPercentBeyondTheRange() {
    assertTrue(ECHO.isNear(63) && ECHO.isNear(143));
    assertFalse(ECHO.isNear(62.9));
    assertFalse(ECHO.isNear(143.1));
    assertEquals(0.5, ECHO.part(50));
    assertThrows(IllegalArgumentException.class, () -> Reference.between(2, 1, ""));
    assertThrows(IllegalArgumentException.class, () -> Reference.of(0, ""));
  }

  @Test
  void whereAllAreNearThatIsSaid() {
    assertEquals(
        List.of("2 of 2 ceilings lie within 30 % of what was measured " + Reference.MEASURED + "."),
        notes(row("get", "echo", 100, ECHO), row("get", "db", 900, GET)).lines());
  }

  @Test
  void whereNoneCanBeComparedNothingIsSaid() {
    assertEquals(List.of(), notes().lines());
    assertEquals(List.of(), notes(row("get", "db", 900, null), failed(GET)).lines());
  }

  @Test
  void aReasonThatIsKnownBeforehandIsToldWithTheDirectionThatItExplains() {
    String below = off(row("w", "producer", 400, PRODUCER), row("get", "echo", 100, ECHO));
    assertEquals(
        "producer (w): 400 ops/s against 1,000 (a producer): small batches;"
            + " unary echo is at 100 % of its reference",
        below);
    String above = off(row("w", "producer", 1_400, PRODUCER), row("get", "echo", 100, ECHO));
    assertTrue(above.contains("): no checks;"), above);
  }

  @Test
  void theMachineIsTheReasonOnlyWhereTheEchoIsOffTheSameWay() {
    CaseResult slow = row("get", "db", 500, GET);
    assertTrue(
        off(slow, row("get", "echo", 70, ECHO))
            .endsWith("the machine differs, or was busy: unary echo is at 70 % of its reference"));
    assertTrue(
        off(slow, row("get", "echo", 98, ECHO))
            .endsWith("no reason is known: unary echo is at 98 % of its reference"));
    assertTrue(
        off(slow, row("get", "echo", 130, ECHO))
            .endsWith("no reason is known: unary echo is at 130 % of its reference"));
    assertTrue(
        off(slow)
            .endsWith("no reason is known; how fast this machine is was not measured in this run"));
    assertTrue(
        off(row("get", "echo", 30, ECHO))
            .endsWith(
                "the machine differs, or was busy: this is the ceiling that tells how fast it is"));
  }

  @Test
  void aCeilingOfSeveralCasesIsToldOnceWithThoseInWhichItIsOff() {
    List<String> lines =
        notes(
                row("a", "echo", 50, ECHO),
                row("b", "echo", 100, ECHO),
                row("c", "echo", 40, ECHO),
                row("d", "db", 1_000, GET))
            .lines();
    assertEquals(2, lines.size(), lines::toString);
    assertTrue(lines.get(0).startsWith("1 of 2 ceilings lie within 30 %"), lines.get(0));
    assertTrue(
        lines.get(1).startsWith("echo (a, c): 40.0 – 50.0 ops/s against 90.0 – 110 (an echo): "),
        lines.get(1));
  }

  @Test
  void programsAndThePageAreToldToo() {
    CaseResult slow = row("get", "db", 500, GET);
    CaseResult near = row("get", "echo", 100, ECHO);
    ReferenceNotes notes = notes(slow, near);
    JsonNode reference = JsonReport.of(slow, notes).get("reference");
    assertEquals(1_000, reference.get("low").doubleValue());
    assertEquals(0.5, reference.get("part").doubleValue());
    assertFalse(reference.get("within_30_percent").booleanValue());
    assertTrue(reference.get("why").textValue().startsWith("no reason is known"));
    assertTrue(JsonReport.of(near, notes).get("reference").get("within_30_percent").booleanValue());
    assertFalse(JsonReport.of(near, notes).get("reference").has("why"));
    assertFalse(JsonReport.of(failed(GET), notes).has("reference"));
    assertTrue(HtmlReport.of(List.of(slow, near)).contains("<p>db (get): 500 ops/s against"));
  }

  /** What is said of the first row, which is off. */
  private static String off(CaseResult... rows) {
    return notes(rows).lines().get(1);
  }

  private static ReferenceNotes notes(CaseResult... rows) {
    return ReferenceNotes.of(List.of(rows));
  }

  private static CaseResult row(String name, String ceiling, double figure, Reference reference) {
    Spread one = new Spread(1, 1, 1);
    return new CaseResult(
        name,
        "what",
        "ops/s",
        "subject",
        ceiling,
        Target.none(),
        Optional.of(new CaseResult.Figures(one, new Spread(figure, figure, figure), one)),
        "",
        false,
        List.of(),
        Optional.ofNullable(reference));
  }

  private static CaseResult failed(Reference reference) {
    return new CaseResult(
        "get",
        "what",
        "ops/s",
        "subject",
        "db",
        Target.none(),
        Optional.empty(),
        "broken",
        false,
        List.of(),
        Optional.of(reference));
  }
}
