package io.byssus.storage;

import static io.byssus.storage.LogBuilder.bytes;
import static io.byssus.storage.LogBuilder.stamp;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.byssus.model.Position;
import io.byssus.proto.internal.v1.OutcomeKind;
import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.kv.v1.WriteFailure;
import io.byssus.proto.kv.v1.WriteFailureReason;
import io.byssus.proto.log.v1.Condition;
import io.byssus.proto.log.v1.Increment;
import io.byssus.proto.log.v1.MustBeAbsent;
import io.byssus.proto.log.v1.MustBePresent;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.WriterStamp;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conditional writes and increments: decided when they are applied, with outcomes that stay. */
class ConditionsTest {
  private static final Condition ABSENT =
      Condition.newBuilder().setAbsent(MustBeAbsent.getDefaultInstance()).build();
  private static final Condition PRESENT =
      Condition.newBuilder().setPresent(MustBePresent.getDefaultInstance()).build();

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

  private static Operation put(String value, Condition condition) {
    return LogBuilder.put("", value).toBuilder().setCondition(condition).build();
  }

  private static Operation increment(long delta) {
    return Operation.newBuilder().setIncrement(Increment.newBuilder().setDelta(delta)).build();
  }

  private static Condition valueEquals(String value) {
    return Condition.newBuilder().setValueEquals(bytes(value)).build();
  }

  private WriteOutcome outcome(WriterStamp stamp) {
    return shard.shard().outcome(stamp);
  }

  private WriteFailureReason failure(WriterStamp stamp) {
    assertEquals(OutcomeKind.OUTCOME_FAILED, outcome(stamp).getKind());
    return outcome(stamp).getFailure().getReason();
  }

  @Test
  void aWriteTakesEffectOnlyWhereItsConditionHolds() {
    WriterStamp first = shard.write("k", put("one", ABSENT));
    WriterStamp second = shard.write("k", put("two", ABSENT));
    assertEquals(OutcomeKind.OUTCOME_APPLIED, outcome(first).getKind());
    long version = outcome(first).getVersion();
    assertEquals(
        WriteFailure.newBuilder()
            .setReason(WriteFailureReason.CONDITION_NOT_MET)
            .setPresent(true)
            .setVersion(version)
            .build(),
        outcome(second).getFailure());
    assertEquals("one", shard.value("k"));

    shard.write("k", put("three", valueEquals("two")));
    assertEquals("one", shard.value("k"));
    shard.write("k", put("four", valueEquals("one")));
    assertEquals("four", shard.value("k"));
    shard.write("k", put("five", Condition.newBuilder().setVersionEquals(version).build()));
    assertEquals("four", shard.value("k"));
    shard.write("other", put("x", PRESENT));
    assertEquals(null, shard.value("other"));
  }

  @Test
  void aRetryIsToldTheFirstOutcomeAlsoAfterARestart() {
    WriterStamp stamp = shard.write("k", put("one", ABSENT));
    shard.write("k", put("two", PRESENT));
    WriteOutcome told = outcome(stamp);
    shard.write(stamp, "k", put("one", ABSENT));
    assertEquals(told, outcome(stamp));
    assertEquals("two", shard.value("k"));
    shard.restart();
    shard.write(stamp, "k", put("one", ABSENT));
    assertEquals(told, outcome(stamp));

    WriterStamp failed = shard.write("k", put("three", ABSENT));
    WriteOutcome failure = outcome(failed);
    shard.write("k", LogBuilder.delete(""));
    shard.write(failed, "k", put("three", ABSENT));
    assertEquals(failure, outcome(failed));
    assertEquals(null, shard.value("k"));
  }

  @Test
  void ofABatchAllTakeEffectOrNone() {
    shard.write("k", LogBuilder.put("a", "1"));
    WriterStamp stamp =
        shard.write(
            "k",
            LogBuilder.put("b", "2"),
            LogBuilder.put("a", "9").toBuilder().setCondition(ABSENT).build(),
            LogBuilder.put("c", "3").toBuilder().setCondition(PRESENT).build());
    assertEquals(1, outcome(stamp).getFailure().getOperation());
    assertEquals("1", shard.value("k", "a"));
    assertEquals(null, shard.value("k", "b"));
  }

  @Test
  void aConditionSeesTheWritesBeforeItInTheSamePieceOfTheLog() {
    shard.log.write(shard.nextStamp(), true, "k", LogBuilder.put("", "one"));
    WriterStamp stamp = shard.nextStamp();
    shard.log.write(stamp, true, "k", put("two", valueEquals("one")));
    shard.log.write(shard.nextStamp(), true, "k", LogBuilder.delete(""));
    WriterStamp last = shard.nextStamp();
    shard.log.write(last, true, "k", put("three", PRESENT));
    shard.replay();
    assertEquals(OutcomeKind.OUTCOME_APPLIED, outcome(stamp).getKind());
    assertEquals(WriteFailureReason.CONDITION_NOT_MET, failure(last));
  }

  @Test
  void incrementsAddToTheDecimalNumberThatTheValueIs() {
    assertEquals(List.of(5L), outcome(shard.write("n", increment(5))).getSumsList());
    assertEquals("5", shard.value("n"));
    WriterStamp stamp = shard.write("n", increment(-12));
    shard.write(stamp, "n", increment(-12));
    assertEquals(List.of(-7L), outcome(stamp).getSumsList());
    assertEquals("-7", shard.value("n"));
    shard.write("n", LogBuilder.put("", "007"));
    assertEquals(List.of(8L), outcome(shard.write("n", increment(1))).getSumsList());
    assertEquals("8", shard.value("n"));
  }

  @Test
  void whatIsNoNumberOrLeavesTheRangeIsAFailure() {
    for (String value : List.of("", "-", "1x", "+1", " 1", "9223372036854775808", "0".repeat(21))) {
      shard.write("n", LogBuilder.put("", value));
      assertEquals(WriteFailureReason.NOT_A_NUMBER, failure(shard.write("n", increment(1))), value);
      assertEquals(value, shard.value("n"));
    }
    shard.write("n", LogBuilder.put("", Long.toString(Long.MAX_VALUE)));
    assertEquals(WriteFailureReason.OUT_OF_RANGE, failure(shard.write("n", increment(1))));
    shard.write("n", increment(Long.MIN_VALUE));
    assertEquals("-1", shard.value("n"));
    assertEquals(
        WriteFailureReason.OUT_OF_RANGE, failure(shard.write("n", increment(Long.MIN_VALUE))));
  }

  @Test
  void aVersionUnderLogOrderIsNotAllowed() {
    WriterStamp stamp = shard.write("k", LogBuilder.put("", "x").toBuilder().setVersion(3).build());
    assertEquals(WriteFailureReason.NOT_ALLOWED, failure(stamp));
    assertEquals(null, shard.value("k"));
  }

  @Test
  void aFailureIsNotTakenForAnEffectAlsoWhereNoOutcomeWasAskedFor() {
    WriterStamp stamp = shard.nextStamp();
    shard.log.write(stamp, false, "k", put("x", PRESENT));
    shard.replay();
    assertEquals(WriteFailureReason.CONDITION_NOT_MET, failure(stamp));
    assertEquals(1, shard.shard().counts().failed());
  }

  @Test
  void anOutcomeIsGoneWhenItsTimeIsOver() {
    long until = shard.log.nowMillis() + 100;
    WriterStamp stamp = stamp(9, 1, 1, until);
    long offset = shard.log.put(stamp, "k", "x");
    shard.replay();
    shard.tick(100);
    assertEquals(Position.pack(1, offset), outcome(stamp).getVersion());
    shard.tick(1);
    assertEquals(OutcomeKind.OUTCOME_KIND_UNSPECIFIED, outcome(stamp).getKind());
  }
}
