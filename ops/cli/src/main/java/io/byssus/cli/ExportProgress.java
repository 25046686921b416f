package io.byssus.cli;

import io.byssus.client.ScanAllProgress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Tells on standard error how far an export has come, now and then. */
final class ExportProgress implements Consumer<ScanAllProgress> {
  private static final long PAUSE = Duration.ofSeconds(2).toNanos();

  private final PrintStream err;
  private final LongSupplier nanos;
  private final long begin;
  private long told;
  private long records;

  ExportProgress(PrintStream err, LongSupplier nanos) {
    this.err = err;
    this.nanos = nanos;
    this.begin = nanos.getAsLong();
    this.told = begin;
  }

  @Override
  public void accept(ScanAllProgress progress) {
    records = progress.records();
    long now = nanos.getAsLong();
    if (now - told >= PAUSE) {
      told = now;
      err.println(
          number(records)
              + " records, "
              + progress.shardsDone()
              + " of "
              + progress.shardCount()
              + " shards, "
              + rate(records, now - begin));
    }
  }

  /** How many records had come when it was last told. */
  String soFar() {
    return number(records);
  }

  /** The last word of an export that is complete. */
  void done(long count, String where) {
    long took = nanos.getAsLong() - begin;
    err.println(
        number(count)
            + (count == 1 ? " record " : " records ")
            + where
            + String.format(Locale.ROOT, " in %.1f s, ", took / 1e9)
            + rate(count, took));
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private static String rate(long count, long nanos) {
    return String.format(Locale.ROOT, "%,.0f/s", count * 1e9 / Math.max(1, nanos));
  }
}
