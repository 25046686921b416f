package io.byssus.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.bench.Bench;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command refuses; what it measures is tested where it is measured. */
class BenchCommandTest {
  private final CommandRun run = new CommandRun();

  @Test
  void aCaseThatThereIsNotIsRefusedWithThoseThatThereAre() {
    assertEquals(ExitCodes.USAGE, run.execute(List.of("bench", "--case", "gett")));
    assertTrue(run.errors().contains("there is no case 'gett'"), run.errors());
    assertTrue(run.errors().contains("write-to-visible"), run.errors());
  }

  @Test
  void aTurnHasALengthThatEnds() {
    assertEquals(ExitCodes.USAGE, run.execute(List.of("bench", "--seconds", "0")));
    assertTrue(run.errors().contains("--seconds is 1 to 600"), run.errors());
    assertEquals(ExitCodes.USAGE, run.execute(List.of("bench", "--seconds", "601")));
  }

  @Test
  void aReportThatCannotBeWrittenIsToldBeforeAnythingStarts(@TempDir Path folder) {
    String report = folder.resolve("no/such/folder/report.html").toString();
    assertNotEquals(ExitCodes.OK, run.execute(List.of("bench", "--report", report)));
    assertTrue(run.errors().contains(report) && !run.errors().contains("starting"), run.errors());
  }

  @Test
  void theInnerLoopsAreChosenByAPatternThatMatches() {
    assertEquals(ExitCodes.USAGE, run.execute(List.of("bench", "--inner", "--case", "Aply")));
    assertTrue(run.errors().contains("no inner loop matches Aply"), run.errors());
    assertTrue(run.errors().contains("ApplyBenchmark.apply"), run.errors());
  }

  @Test
  void theInnerLoopsKnowNothingOfAClusterAndHaveNoPage() {
    assertEquals(
        ExitCodes.USAGE, run.execute(List.of("bench", "--inner", "--endpoint", "127.0.0.1:1")));
    assertTrue(run.errors().contains("--endpoint does not go with --inner"), run.errors());
    assertEquals(ExitCodes.USAGE, run.execute(List.of("bench", "--inner", "--report", "x.html")));
    assertTrue(run.errors().contains("--report does not go with --inner"), run.errors());
  }

  @Test
  void theHelpNamesEveryCase() {
    assertEquals(ExitCodes.OK, run.execute(List.of("bench", "--help")));
    String onOneLine = run.text().replaceAll("\\s+", " ");
    assertTrue(onOneLine.contains(String.join(", ", Bench.cases())), run.text());
  }

  @Test
  void growthHasCurvesForCases() {
    assertEquals(ExitCodes.USAGE, run.execute(List.of("bench", "--growth", "--case", "get")));
    assertTrue(run.errors().contains("there is no curve 'get'"), run.errors());
    assertTrue(run.errors().contains("namespaces, shards, value-size, versions"), run.errors());
  }

  @Test
  void growthIsNotMeasuredOnAClusterThatRunsAlready() {
    List<String> words = List.of("bench", "--growth", "--endpoint", "127.0.0.1:1");
    assertEquals(ExitCodes.USAGE, run.execute(words));
    assertTrue(run.errors().contains("takes no --endpoint"), run.errors());
  }

  @Test
  void thereMustBeSomeRecords() {
    for (List<String> what : List.of(List.<String>of(), List.of("--growth"))) {
      List<String> words = new ArrayList<>(List.of("bench", "--records", "999"));
      words.addAll(what);
      assertEquals(ExitCodes.USAGE, run.execute(words));
      assertTrue(run.errors().contains("there must be 1000 records"), run.errors());
    }
  }
}
