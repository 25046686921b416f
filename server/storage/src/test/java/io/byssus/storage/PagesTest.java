package io.byssus.storage;

import static io.byssus.storage.LogBuilder.NAMESPACE;
import static io.byssus.storage.LogBuilder.bytes;
import static io.byssus.storage.LogBuilder.delete;
import static io.byssus.storage.LogBuilder.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.testkit.Seed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scans in pages while the shard is written between the pages: each record at most once and in
 * order, and every record that is there all the time.
 */
class PagesTest {
  private static final int RUNS = 40;
  private static final int KEYS = 60;

  @TempDir Path directory;
  private TestShard shard;
  private RandomGenerator random;
  private Set<String> live;
  private Set<String> always;

  @BeforeEach
  void open() {
    shard = new TestShard(directory, TestShard.rules());
    random = Seed.of("PagesTest").random();
  }

  @AfterEach
  void close() {
    shard.close();
  }

  /** Names as a scan's order: the same length, so that text order is byte order. */
  private static String name(int number) {
    return String.format("k%03d", number);
  }

  private void writeSome(int count) {
    for (int i = 0; i < count; i++) {
      String name = name(random.nextInt(KEYS));
      boolean present = random.nextBoolean();
      String partition = partition(name);
      shard.log.write(shard.nextStamp(), false, partition, present ? put(name, "x") : delete(name));
      if (present) {
        live.add(name);
      } else {
        live.remove(name);
        always.remove(name);
      }
    }
    shard.replay();
  }

  private String partition(String name) {
    return spread ? "p" + name.charAt(2) : "p";
  }

  private boolean spread;

  private void begin(int run, boolean acrossPartitions) {
    spread = acrossPartitions;
    shard.under(LogBuilder.rules(NAMESPACE + run, 1).toBuilder());
    live = new HashSet<>();
    always = new HashSet<>();
    writeSome(KEYS);
    always.addAll(live);
  }

  private void check(List<String> seen, Comparator<String> order, Set<String> ever) {
    for (int i = 1; i < seen.size(); i++) {
      assertTrue(order.compare(seen.get(i - 1), seen.get(i)) < 0, () -> "order: " + seen);
    }
    assertTrue(seen.containsAll(always), () -> seen + " lacks some of " + new TreeSet<>(always));
    assertTrue(ever.containsAll(seen));
  }

  @Test
  void pagesOfAPartitionKeyInBothDirections() {
    for (int run = 0; run < RUNS; run++) {
      begin(run, false);
      boolean reverse = random.nextBoolean();
      List<String> seen = new ArrayList<>();
      Set<String> ever = new HashSet<>(live);
      Optional<ByteString> last = Optional.empty();
      boolean more = true;
      while (more) {
        SortKeyRange range =
            reverse
                ? new SortKeyRange(ByteString.EMPTY, false, last, true)
                : new SortKeyRange(
                    last.orElse(ByteString.EMPTY), last.isPresent(), Optional.empty(), false);
        try (ShardScan scan = shard.shard().scan(NAMESPACE + run, bytes("p"), range)) {
          more = page(scan, seen);
        }
        last = Optional.of(bytes(seen.isEmpty() ? "" : seen.get(seen.size() - 1)));
        writeSome(random.nextInt(8));
        ever.addAll(live);
      }
      check(seen, reverse ? Comparator.reverseOrder() : Comparator.naturalOrder(), ever);
    }
  }

  @Test
  void pagesOfANamespace() {
    for (int run = 0; run < RUNS; run++) {
      begin(run, true);
      List<String> seen = new ArrayList<>();
      Set<String> ever = new HashSet<>(live);
      Optional<RecordKey> last = Optional.empty();
      boolean more = true;
      while (more) {
        try (ShardScan scan = shard.shard().scanNamespace(NAMESPACE + run, last)) {
          more = page(scan, seen);
        }
        String name = seen.get(seen.size() - 1);
        last = Optional.of(new RecordKey(bytes(partition(name)), bytes(name)));
        writeSome(random.nextInt(8));
        ever.addAll(live);
      }
      check(seen, Comparator.naturalOrder(), ever);
    }
  }

  /** Takes some records; whether there are more. */
  private boolean page(ShardScan scan, List<String> seen) {
    for (int left = 1 + random.nextInt(9); left > 0 && !scan.isEnd(); left--) {
      assertTrue(scan.isRecord(), "nothing has expired");
      seen.add(scan.sortKey().toStringUtf8());
      scan.next();
    }
    return !scan.isEnd();
  }

  @Test
  void anEmptyEndLeavesNothingAndNoEndLeavesAll() {
    shard.write("p", put("", "x"), put("a", "x"));
    for (boolean reverse : new boolean[] {false, true}) {
      SortKeyRange none =
          new SortKeyRange(ByteString.EMPTY, false, Optional.of(ByteString.EMPTY), reverse);
      try (ShardScan scan = shard.shard().scan(NAMESPACE, bytes("p"), none)) {
        assertTrue(scan.isEnd());
      }
      SortKeyRange all = new SortKeyRange(ByteString.EMPTY, false, Optional.empty(), reverse);
      try (ShardScan scan = shard.shard().scan(NAMESPACE, bytes("p"), all)) {
        assertEquals(reverse ? "a" : "", scan.sortKey().toStringUtf8());
      }
    }
  }
}
