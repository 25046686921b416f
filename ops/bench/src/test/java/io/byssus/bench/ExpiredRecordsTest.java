package io.byssus.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What expired records cost a scan that has to cross them, before and after they are taken off the
 * disk, and what their removal costs those who write meanwhile. Measures with {@code
 * -Dbench.records=1000000}: the scan is to take a second at the most before, ten milliseconds
 * after. Asserts what is seen, not how fast.
 */
class ExpiredRecordsTest {
  private static final int RECORDS = Integer.getInteger("bench.records", 20_000);
  private static final int VALUE_BYTES = 100;
  private static final int SCANS = 7;
  private static final int OTHERS_PER_WRITE = 100;

  // Removals cost a scan until they are flushed, which happens soon where they are many.
  private static final double QUICK_MILLIS = RECORDS < 100_000 ? 1_000 : 10;
  private static final Duration LIMIT = Duration.ofSeconds(120 + RECORDS / 1_000);

  @TempDir Path directory;

  @Test
  void aScanSeesNothingOfWhatHasExpiredBeforeAndAfterItsRemoval() {
    byte[] value = new byte[VALUE_BYTES];
    new Random(1).nextBytes(value);
    try (var shard = new ExpiringShard(directory, ByteString.copyFrom(value), RECORDS)) {
      assertEquals(RECORDS + 1, shard.scan());
      shard.expire();
      List<Double> before = scans(shard);
      assertEquals(0, shard.removed());

      shard.beginRemoval();
      long began = System.nanoTime();
      List<Double> applies = new ArrayList<>();
      while (shard.removed() < RECORDS) {
        assertTrue(millisSince(began) < LIMIT.toMillis(), () -> shard.removed() + " were removed");
        long applying = System.nanoTime();
        shard.writeOthers(ByteString.copyFrom(value), OTHERS_PER_WRITE);
        applies.add(millisSince(applying));
      }
      double removal = millisSince(began) / 1e3;
      Awaitility.await().atMost(LIMIT).until(() -> scanMillis(shard) <= QUICK_MILLIS);
      double quick = millisSince(began) / 1e3;
      List<Double> after = scans(shard);

      System.out.printf(
          Locale.ROOT,
          "a scan across %,d expired records: %s before their removal, %s after; the removal took"
              + " %.1f s, scans are quick again after %.1f s; meanwhile a write of %d records was"
              + " applied in %s%n",
          RECORDS,
          spread(before),
          spread(after),
          removal,
          quick,
          OTHERS_PER_WRITE,
          spread(applies));
    }
  }

  private static List<Double> scans(ExpiringShard shard) {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < SCANS; i++) {
      millis.add(scanMillis(shard));
    }
    return millis;
  }

  private static double scanMillis(ExpiringShard shard) {
    long began = System.nanoTime();
    assertEquals(1, shard.scan());
    return millisSince(began);
  }

  private static double millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e6;
  }

  /** The median, and from where to where nine of ten lie. */
  private static String spread(List<Double> millis) {
    List<Double> sorted = millis.stream().sorted().toList();
    int last = sorted.size() - 1;
    return String.format(
        Locale.ROOT,
        "%.2f ms (median of %,d; %.2f to %.2f)",
        sorted.get(last / 2),
        sorted.size(),
        sorted.get((int) Math.round(last * 0.05)),
        sorted.get((int) Math.round(last * 0.95)));
  }
}
