package io.byssus.bench.inner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;

/** Every benchmark runs once, for a moment, in this JVM. */
class InnerLoopsTest {
  private static final InnerLoops.Effort ONCE =
      new InnerLoops.Effort(0, 0, 1, Duration.ofMillis(2));

  @BeforeAll
  static void mayRunBesideOthers() {
    // These figures are nobody's.
    System.setProperty("jmh.ignoreLock", "true");
  }

  @Test
  void everyBenchmarkRunsAndHasAFigure() throws Exception {
    List<String> progress = new ArrayList<>();
    InnerResults measured = InnerLoops.run(List.of(), ONCE, progress::add);
    List<RunResult> results = measured.all();

    Set<String> ran =
        results.stream()
            .map(result -> InnerLoops.shortName(result.getParams().getBenchmark()))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(InnerLoops.names(), ran);
    assertEquals(
        EnumSet.allOf(RecordKind.class),
        results.stream()
            .filter(result -> result.getParams().getBenchmark().endsWith("ApplyBenchmark.apply"))
            .map(result -> RecordKind.valueOf(result.getParams().getParam("kind")))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(RecordKind.class))));
    for (RunResult result : results) {
      assertTrue(result.getPrimaryResult().getScore() > 0, result::toString);
    }
    assertTrue(progress.stream().anyMatch(line -> line.contains("kind=TICK")), progress::toString);
    assertTrue(measured.table().contains("ShardHashBenchmark.bytes"));
    JsonNode json = new ObjectMapper().readTree(measured.json());
    assertEquals(results.size(), json.size());
    assertTrue(json.get(0).get("primaryMetric").get("score").doubleValue() > 0);
  }

  @Test
  void everyKindOfRecordAndOfActionOfTheLogIsAmongThoseApplied() throws Exception {
    Set<LogRecord.BodyCase> bodies = EnumSet.of(LogRecord.BodyCase.BODY_NOT_SET);
    Set<Operation.ActionCase> actions = EnumSet.of(Operation.ActionCase.ACTION_NOT_SET);
    ShardLog log = new ShardLog(1);
    ByteString some = ByteString.copyFromUtf8("some");
    for (RecordKind kind : RecordKind.values()) {
      LogRecord record = LogRecord.parseFrom(kind.next(log, 0, some, some).bytes());
      bodies.add(record.getBodyCase());
      for (Operation operation : record.getWrite().getOperationsList()) {
        actions.add(operation.getActionCase());
      }
    }
    assertEquals(EnumSet.allOf(LogRecord.BodyCase.class), bodies);
    assertEquals(EnumSet.allOf(Operation.ActionCase.class), actions);
  }

  @Test
  void aPatternThatNothingMatchesIsRefusedWithWhatThereIs() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> InnerLoops.run(List.of("Aply"), ONCE, line -> {}));
    assertTrue(refused.getMessage().contains("Aply"), refused.getMessage());
    assertTrue(refused.getMessage().contains("ApplyBenchmark.apply"), refused.getMessage());
  }
}
