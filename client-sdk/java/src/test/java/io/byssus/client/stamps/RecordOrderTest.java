package io.byssus.client.stamps;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.byssus.client.Key;
import io.byssus.client.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RecordOrderTest {
  private final RecordOrder order = new RecordOrder();
  private final List<String> came = new ArrayList<>();

  private RecordOrder.Turn join(String name, String... records) {
    RecordOrder.Turn turn =
        RecordOrder.turn(List.of(records).stream().map(Key::of).toList(), () -> came.add(name));
    order.join(turn);
    return turn;
  }

  @Test
  void aWriteWaitsForTheOneBeforeItOfTheSameRecord() {
    RecordOrder.Turn first = join("first", "a");
    RecordOrder.Turn second = join("second", "a");
    join("other", "b");
    assertEquals(List.of("first", "other"), came);
    order.leave(first);
    assertEquals(List.of("first", "other", "second"), came);
    order.leave(second);
    assertEquals(1, order.records());
  }

  @Test
  void aBatchWaitsForAllItsRecordsAndHoldsAllUp() {
    RecordOrder.Turn a = join("a", "a");
    RecordOrder.Turn b = join("b", "b");
    RecordOrder.Turn batch = join("batch", "a", "b", "c");
    join("c", "c");
    order.leave(a);
    assertEquals(List.of("a", "b"), came);
    order.leave(b);
    assertEquals(List.of("a", "b", "batch"), came);
    order.leave(batch);
    assertEquals(List.of("a", "b", "batch", "c"), came);
  }

  @Test
  void aWriteThatLeavesFromTheMiddleLetsNobodyPassTheOneBefore() {
    RecordOrder.Turn first = join("first", "a");
    RecordOrder.Turn middle = join("middle", "a", "b");
    join("last", "b", "a");
    order.leave(middle);
    assertEquals(List.of("first"), came);
    order.leave(first);
    assertEquals(List.of("first", "last"), came);
  }

  @Test
  void nothingIsKeptOfRecordsThatNobodyWrites() {
    for (int i = 0; i < 100; i++) {
      order.leave(join("write", "record " + i, "shared"));
    }
    assertEquals(0, order.records());
  }

  @Test
  void everyTurnComesAndNoTwoOfOneRecordAtOnce() {
    long seed = Seeds.next();
    Random random = new Random(seed);
    Map<Integer, Set<String>> recordsOf = new HashMap<>();
    Map<Integer, RecordOrder.Turn> turns = new HashMap<>();
    List<Integer> out = new ArrayList<>();
    int joined = 0;
    int left = 0;
    while (left < 5_000) {
      if (joined < 5_000 && random.nextBoolean()) {
        int name = joined++;
        Set<String> records = new HashSet<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
          records.add("record " + random.nextInt(6));
        }
        recordsOf.put(name, records);
        RecordOrder.Turn turn =
            RecordOrder.turn(
                records.stream().map(Key::of).toList(),
                () -> {
                  for (int other : out) {
                    Set<String> common = new HashSet<>(recordsOf.get(other));
                    common.retainAll(records);
                    assertEquals(Set.of(), common, "seed " + seed);
                  }
                  out.add(name);
                });
        turns.put(name, turn);
        order.join(turn);
      } else if (!out.isEmpty()) {
        Integer name = out.remove(random.nextInt(out.size()));
        left++;
        order.leave(turns.remove(name));
      }
    }
    assertEquals(0, order.records(), "seed " + seed);
  }
}
