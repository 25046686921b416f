package io.byssus.cli.demo;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What a person sees of the demo: steps as they go, with a bar on a terminal, and plain lines where
 * the output goes to a file or another program.
 */
public final class DemoScreen {
  private static final int BAR = 30;
  private static final long REDRAW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int PLAIN_PARTS = 4;

  private final PrintStream out;
  private final boolean terminal;
  private final int steps;
  private int step;
  private long drawn;
  private long plainParts;

  /**
   * A screen.
   *
   * @param terminal whether lines can be drawn over
   * @param steps how many steps there will be
   */
  public DemoScreen(PrintStream out, boolean terminal, int steps) {
    this.out = out;
    this.terminal = terminal;
    this.steps = steps;
  }

  /** Begins a step. */
  synchronized void step(String title) {
    step++;
    plainParts = 0;
    drawn = 0;
    out.println("[" + step + "/" + steps + "] " + title);
  }

  /** Tells something of the step in hand. */
  synchronized void line(String text) {
    clear();
    out.println("      " + text);
  }

  /** Shows how far the step is; cheap enough to be called for every record. */
  synchronized void progress(long done, long total, long nanos) {
    if (terminal) {
      long now = System.nanoTime();
      if (drawn == 0 || now - drawn > REDRAW_NANOS || done == total) {
        drawn = now;
        out.print("\r      " + bar(done, total) + " " + told(done, total, nanos));
        out.flush();
      }
      if (done == total) {
        clear();
      }
    } else if (done < total && done * PLAIN_PARTS / total > plainParts) {
      plainParts = done * PLAIN_PARTS / total;
      out.println("      " + told(done, total, nanos));
    }
  }

  /** Prints a line as it is. */
  synchronized void print(String text) {
    clear();
    out.println(text);
  }

  private void clear() {
    if (terminal && drawn != 0) {
      out.print("\r" + " ".repeat(BAR + 48) + "\r");
      drawn = 0;
    }
  }

  private static String bar(long done, long total) {
    int filled = (int) (done * BAR / total);
    return "█".repeat(filled) + "░".repeat(BAR - filled);
  }

  private static String told(long done, long total, long nanos) {
    return String.format(
        Locale.ROOT, "%3d %%  %,d of %,d  %s", done * 100 / total, done, total, rate(done, nanos));
  }

  /** As in {@code 12,345/s}. */
  static String rate(long count, long nanos) {
    return nanos <= 0 ? "-" : String.format(Locale.ROOT, "%,.0f/s", count * 1e9 / nanos);
  }

  /** As in {@code 3.2 s}. */
  static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
  }
}
