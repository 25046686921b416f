package io.byssus.dispatcher.writes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import io.byssus.testkit.Seed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Whose turn it is among the writes of the same records. */
class RecordLinesTest {
  private final RecordLines<Integer> lines = new RecordLines<>();
  private final Map<Integer, Set<String>> recordsOf = new HashMap<>();
  private final Map<Integer, RecordLines.Turn<Integer>> turns = new HashMap<>();
  private final Set<Integer> out = new HashSet<>();

  @Test
  void ofTheWritesOfARecordOneIsOutAtATimeInTheOrderOfTheirComing() {
    RandomGenerator random = Seed.of("record lines").random();
    Map<String, Integer> lastOut = new HashMap<>();
    int number = 0;
    for (int step = 0; step < 5_000; step++) {
      if (random.nextInt(100) < 50 && turns.size() < 60) {
        join(++number, records(random));
      } else if (!turns.isEmpty()) {
        // Most leave because they have been written, some because they were given up in line.
        List<Integer> all = new ArrayList<>(random.nextInt(10) > 0 ? out : turns.keySet());
        leave(all.get(random.nextInt(all.size())));
      }
      Set<String> taken = new HashSet<>();
      for (int write : out) {
        for (String record : recordsOf.get(write)) {
          assertTrue(taken.add(record), "two writes of " + record + " are out");
          int before = lastOut.getOrDefault(record, 0);
          assertTrue(before <= write, write + " came out after " + before);
          lastOut.put(record, write);
        }
      }
      assertFalse(out.isEmpty() && !turns.isEmpty(), "all wait for each other");
    }
    List.copyOf(turns.keySet()).forEach(this::leave);
    assertEquals(0, lines.records());
  }

  private void join(int number, Set<String> records) {
    Write.Builder write = Write.newBuilder().setPartitionKey(ByteString.copyFromUtf8("p"));
    for (String record : records) {
      write.addOperations(Operation.newBuilder().setSortKey(ByteString.copyFromUtf8(record)));
    }
    recordsOf.put(number, records);
    RecordLines.Turn<Integer> turn = lines.join(number, write.build());
    turns.put(number, turn);
    if (!turn.waits()) {
      out.add(number);
    }
  }

  private void leave(int number) {
    out.remove(number);
    lines.leave(turns.remove(number), out::add);
  }

  private static Set<String> records(RandomGenerator random) {
    Set<String> records = new HashSet<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      records.add("r" + random.nextInt(8));
    }
    return records;
  }
}
