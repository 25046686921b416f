package io.byssus.bench;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What expired records cost a scan that has to cross them, before and after they are taken off the
 * disk. Measures with {@code -Dbench.records=1000000}; asserts what is seen, not how fast.
 */
class ExpiredRecordsTest {
  private static final int RECORDS = Integer.getInteger("bench.records", 20_000);
  private static final int VALUE_BYTES = 100;
  private static final int SCANS = 7;

  @TempDir Path directory;

  @Test
  void aScanSeesNothingOfWhatHasExpiredBeforeAndAfterItsRemoval() {
    byte[] value = new byte[VALUE_BYTES];
    new Random(1).nextBytes(value);
    try (var shard = new ExpiringShard(directory, ByteString.copyFrom(value), RECORDS)) {
      assertEquals(RECORDS + 1, shard.scan());

      shard.expire();
      double before = scanMillis(shard);
      long removedByThen = shard.removed();

      long began = System.nanoTime();
      await().atMost(5, MINUTES).until(() -> shard.removed() == RECORDS);
      double removal = (System.nanoTime() - began) / 1e9;
      double[] after = IntStream.range(0, SCANS).mapToDouble(i -> scanMillis(shard)).toArray();

      Arrays.sort(after);
      System.out.printf(
          Locale.ROOT,
          "a scan across %,d expired records: %.1f ms before their removal (%,d were removed by its"
              + " end), %.2f ms after (median of %d, %.2f to %.2f); the removal took %.1f s%n",
          RECORDS,
          before,
          removedByThen,
          after[SCANS / 2],
          SCANS,
          after[0],
          after[SCANS - 1],
          removal);
    }
  }

  private static double scanMillis(ExpiringShard shard) {
    long began = System.nanoTime();
    assertEquals(1, shard.scan());
    return (System.nanoTime() - began) / 1e6;
  }
}
