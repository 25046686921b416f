package io.byssus.storage;

import static io.byssus.storage.LogBuilder.NAMESPACE;
import static io.byssus.storage.LogBuilder.bytes;
import static io.byssus.storage.LogBuilder.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.proto.log.v1.Lifetime;
import io.byssus.proto.log.v1.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scans across what has expired and is still on disk. */
class ShardScanTest {
  private static final int LIFE_MILLIS = 1_000;
  private static final int BATCH = 100;
  private static final SortKeyRange REVERSE =
      new SortKeyRange(ByteString.EMPTY, false, Optional.empty(), true);

  @TempDir Path directory;
  private TestShard shard;

  @BeforeEach
  void open() {
    shard = new TestShard(directory, TestShard.rules());
  }

  @AfterEach
  void close() {
    shard.close();
  }

  /** Writes as many records, of which some then expire. */
  private void fill(int records, IntPredicate expires) {
    for (int from = 0; from < records; from += BATCH) {
      Operation[] batch = new Operation[Math.min(BATCH, records - from)];
      for (int i = 0; i < batch.length; i++) {
        Operation put = put(String.format("%06d", from + i), "x");
        batch[i] =
            expires.test(from + i)
                ? put.toBuilder().setLifetime(Lifetime.newBuilder().setTtlMs(LIFE_MILLIS)).build()
                : put;
      }
      shard.write("p", batch);
    }
    shard.tick(LIFE_MILLIS);
  }

  private ShardScan scan(SortKeyRange range) {
    return shard.shard().scan(NAMESPACE, bytes("p"), range);
  }

  @Test
  void aStepPassesOverABoundedNumberOfExpiredRecords() {
    int stretch = 5 * ShardScan.EXPIRED_PER_STEP;
    fill(stretch + 2, i -> i != 0 && i != stretch + 1);
    for (SortKeyRange range : List.of(SortKeyRange.ALL, REVERSE)) {
      int steps = 0;
      try (ShardScan scan = scan(range)) {
        assertTrue(scan.isRecord());
        for (scan.next(); !scan.isRecord(); scan.next()) {
          assertFalse(scan.isEnd());
          steps++;
        }
        scan.next();
        assertTrue(scan.isEnd());
      }
      assertEquals(5, steps);
    }
  }

  @Test
  void aScanGoesOnWhereAnotherStood() {
    int step = ShardScan.EXPIRED_PER_STEP;
    fill(3 * step, i -> i > step ? i < 3 * step - 50 : i % 3 != 0);
    for (SortKeyRange range : List.of(SortKeyRange.ALL, REVERSE)) {
      List<String> whole = new ArrayList<>();
      List<String> parts = new ArrayList<>();
      try (ShardScan scan = scan(range)) {
        for (; !scan.isEnd(); scan.next()) {
          take(scan, whole);
        }
      }
      ShardScan scan = scan(range);
      while (!scan.isEnd()) {
        ScanPlace place = scan.place();
        scan.close();
        scan = shard.shard().scan(place);
        take(scan, parts);
        scan.next();
      }
      scan.close();
      assertEquals(50 + step / 3 + 1, whole.size());
      assertEquals(whole, parts);
    }
  }

  @Test
  void aScanThatGoesOnInANamespaceStaysInIt() {
    fill(3, i -> false);
    shard.under(LogBuilder.rules(NAMESPACE + 1, 1).toBuilder());
    shard.write("a", put("other", "x"));
    List<String> found = new ArrayList<>();
    ScanPlace place;
    try (ShardScan scan = shard.shard().scanNamespace(NAMESPACE, Optional.empty())) {
      scan.next();
      place = scan.place();
    }
    shard.write("q", put("other", "x"));
    try (ShardScan scan = shard.shard().scan(place)) {
      for (; !scan.isEnd(); scan.next()) {
        take(scan, found);
      }
    }
    assertEquals(List.of("000001", "000002"), found);
  }

  private static void take(ShardScan scan, List<String> records) {
    if (scan.isRecord()) {
      records.add(scan.sortKey().toStringUtf8());
    }
  }
}
