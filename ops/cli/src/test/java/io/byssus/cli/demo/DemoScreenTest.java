package io.byssus.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoScreenTest {
  private static final long SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

  @Test
  void withoutATerminalThereAreAFewPlainLines() {
    DemoScreen screen = screen(false);
    screen.step("Load");
    for (int done = 1; done <= 1_000; done++) {
      screen.progress(done, 1_000, SECOND);
    }
    screen.line("done");
    assertEquals(
        List.of(
            "[1/2] Load",
            "       25 %  250 of 1,000  250/s",
            "       50 %  500 of 1,000  500/s",
            "       75 %  750 of 1,000  750/s",
            "      done"),
        text().lines().toList());
  }

  @Test
  void onATerminalABarIsDrawnOverItselfAndGoneAtTheEnd() {
    DemoScreen screen = screen(true);
    screen.step("Load");
    screen.progress(500, 1_000, SECOND);
    assertTrue(
        text()
            .endsWith(
                "\r      " + "█".repeat(15) + "░".repeat(15) + "  50 %  500 of 1,000  500/s"));
    screen.progress(1_000, 1_000, SECOND);
    screen.line("done");
    assertTrue(text().endsWith("\r      done\n"));
  }

  @Test
  void aTableOfNothingButHeadersIsStillATable() {
    Summary summary = new Summary();
    Latencies none = new Latencies();
    summary.measured("reads", SECOND, none);
    summary.checked("records", 135_233);
    String all = String.join("\n", summary.lines());
    assertTrue(all.contains("reads         0  1.0 s   0/s    -    -    -"), all);
    assertTrue(all.contains("records  135,233  ok"), all);
    assertFalse(all.contains("NaN"));
  }

  private DemoScreen screen(boolean terminal) {
    return new DemoScreen(new PrintStream(shown, true, StandardCharsets.UTF_8), terminal, 2);
  }

  private String text() {
    return shown.toString(StandardCharsets.UTF_8);
  }
}
