package io.byssus.storage;

import static io.byssus.storage.LogBuilder.delete;
import static io.byssus.storage.LogBuilder.put;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.kv.v1.WriteFailureReason;
import io.byssus.proto.log.v1.Condition;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.Increment;
import io.byssus.proto.log.v1.MustBePresent;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.WriterStamp;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The conflict rule VERSION, and namespaces that keep several versions. */
class VersionsTest {
  private static final Condition PRESENT =
      Condition.newBuilder().setPresent(MustBePresent.getDefaultInstance()).build();

  @TempDir Path directory;
  private TestShard shard;

  @AfterEach
  void close() {
    shard.close();
  }

  private void open(NamespaceRules.Builder rules) {
    shard = new TestShard(directory, rules);
  }

  private static NamespaceRules.Builder byVersion() {
    return TestShard.rules().setConflictRule(ConflictRule.VERSION).setTombstoneRetentionMs(1_000);
  }

  private WriteOutcome write(Operation operation, long version) {
    WriterStamp stamp = shard.write("k", operation.toBuilder().setVersion(version).build());
    return shard.shard().outcome(stamp);
  }

  @Test
  void theHigherVersionWinsInWhateverOrderTheyCome() {
    open(byVersion());
    assertEquals(0, write(put("", "five"), 5).getSuperseded());
    assertEquals(1, write(put("", "four"), 4).getSuperseded());
    assertEquals("five", shard.value("k"));
    assertEquals(5, shard.record("k", "").get().version());
    assertEquals(1, write(put("", "a"), 5).getSuperseded());
    assertEquals(1, write(put("", "five"), 5).getSuperseded());
    assertEquals(0, write(put("", "g"), 5).getSuperseded());
    assertEquals("g", shard.value("k"));
    write(put("", "highest"), -1);
    assertEquals("highest", shard.value("k"), "versions have no sign");
  }

  @Test
  void aTombstoneHoldsOlderWritesBackUntilItsRetentionIsOver() {
    open(byVersion());
    write(put("", "five"), 5);
    write(delete(""), 6);
    assertEquals(null, shard.value("k"));
    assertEquals(1, write(put("", "six"), 6).getSuperseded());
    assertEquals(List.of("6 deleted"), shard.versions("k"));
    shard.tick(999);
    write(put("", "four"), 4);
    assertEquals(null, shard.value("k"));
    shard.tick(1);
    assertEquals(0, shard.remembered());
    write(put("", "four"), 4);
    assertEquals("four", shard.value("k"));
  }

  @Test
  void aDeleteThatIsRepeatedIsSupersededAndRememberedLonger() {
    open(byVersion());
    assertEquals(0, write(delete(""), 6).getSuperseded());
    assertEquals(1, write(delete(""), 6).getSuperseded());
    shard.tick(600);
    assertEquals(1, write(delete(""), 6).getSuperseded());
    shard.tick(600);
    assertEquals(1, write(put("", "five"), 5).getSuperseded());
    shard.tick(400);
    assertEquals(0, write(put("", "five"), 5).getSuperseded());
  }

  @Test
  void aDeleteOfWhatNeverWasHoldsOlderWritesBackToo() {
    open(byVersion());
    write(delete(""), 6);
    assertEquals(1, write(put("", "five"), 5).getSuperseded());
    assertEquals(0, write(put("", "seven"), 7).getSuperseded());
    assertEquals("seven", shard.value("k"));
    assertEquals(1, shard.remembered());
  }

  @Test
  void aConditionalWriteMustBringAHigherVersion() {
    open(byVersion());
    write(put("", "five"), 5);
    Operation conditional = put("", "x").toBuilder().setCondition(PRESENT).build();
    assertEquals(
        WriteFailureReason.VERSION_NOT_ABOVE, write(conditional, 5).getFailure().getReason());
    assertEquals(0, write(conditional, 6).getSuperseded());
    assertEquals("x", shard.value("k"));
    assertEquals(0, write(conditional, 7).getVersion(), "the writer knows its version");
  }

  @Test
  void incrementsAndWritesWithoutAVersionAreNotAllowed() {
    open(byVersion());
    Operation increment = Operation.newBuilder().setIncrement(Increment.newBuilder()).build();
    assertEquals(WriteFailureReason.NOT_ALLOWED, write(increment, 5).getFailure().getReason());
    assertEquals(WriteFailureReason.NOT_ALLOWED, write(put("", "x"), 0).getFailure().getReason());
  }

  @Test
  void severalVersionsCanBeReadAndListed() {
    open(byVersion().setMaxVersions(3));
    write(put("", "two"), 2);
    write(put("", "six"), 6);
    write(delete(""), 4);
    assertEquals(List.of("6=six", "4 deleted", "2=two"), shard.versions("k"));
    assertEquals("six", shard.value("k"));
    assertEquals("six", shard.valueAt("k", Long.MIN_VALUE));
    assertEquals(null, shard.valueAt("k", 5));
    assertEquals("two", shard.valueAt("k", 3));
    assertEquals(null, shard.valueAt("k", 1));

    assertEquals(0, write(put("", "five"), 5).getSuperseded());
    assertEquals(List.of("6=six", "5=five", "4 deleted"), shard.versions("k"));
    assertEquals(1, write(put("", "one"), 1).getSuperseded());
    shard.restart();
    assertEquals(
        List.of("5=five", "more"),
        shard.versions("k", new VersionRange(4, 5, false, 1, Long.MAX_VALUE)));
    assertEquals(
        List.of("4 deleted", "5=five"),
        shard.versions("k", new VersionRange(4, 5, true, 2, Long.MAX_VALUE)));
    assertEquals(
        List.of("6=six", "more"), shard.versions("k", new VersionRange(0, 0, false, 9, 1)));
  }

  @Test
  void underLogOrderThePositionsAreTheVersions() {
    open(TestShard.rules().setMaxVersions(2));
    long one = shard.shard().outcome(shard.write("k", put("", "one"))).getVersion();
    long two = shard.shard().outcome(shard.write("k", put("", "two"))).getVersion();
    assertEquals(List.of(two + "=two", one + "=one"), shard.versions("k"));
    assertEquals("one", shard.valueAt("k", two - 1));
    long gone = shard.shard().outcome(shard.write("k", delete(""))).getVersion();
    assertEquals(null, shard.value("k"));
    assertEquals("two", shard.valueAt("k", two));
    assertEquals(List.of(gone + " deleted", two + "=two"), shard.versions("k"));
    shard.write("k", delete(""));
    assertEquals(List.of(gone + " deleted", two + "=two"), shard.versions("k"));
  }

  @Test
  void fewerVersionsAreKeptFromTheNextWriteOfTheRecordOn() {
    open(TestShard.rules().setMaxVersions(3));
    shard.write("k", put("", "one"));
    shard.write("k", put("", "two"));
    shard.under(TestShard.rules().setVersion(2));
    shard.write("other", put("", "x"));
    assertEquals(2, shard.versions("k").size());
    shard.write("k", put("", "three"));
    assertEquals(1, shard.versions("k").size());
    assertEquals("three", shard.value("k"));
  }

  @Test
  void theConflictRuleOfANamespaceStaysWhatItWas() {
    open(byVersion());
    write(put("", "five"), 5);
    shard.under(TestShard.rules().setVersion(2).setConflictRule(ConflictRule.LOG_ORDER));
    assertEquals(1, write(put("", "four"), 4).getSuperseded());
    assertEquals("five", shard.value("k"));
  }
}
