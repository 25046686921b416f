package io.byssus.wal;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.byssus.model.Limits;
import io.byssus.proto.log.v1.Barrier;
import io.byssus.proto.log.v1.Condition;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.Delete;
import io.byssus.proto.log.v1.Increment;
import io.byssus.proto.log.v1.Lifetime;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.MustBeAbsent;
import io.byssus.proto.log.v1.NamespaceDrop;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Tick;
import io.byssus.proto.log.v1.Unending;
import io.byssus.proto.log.v1.Write;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.wal.DecodedRecord.Newer;
import io.byssus.wal.DecodedRecord.Readable;
import io.byssus.wal.DecodedRecord.Undecodable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogRecordCodecTest {
  private static final ByteString VALUE = ByteString.copyFromUtf8("v");
  private static final UnknownFieldSet UNKNOWN =
      UnknownFieldSet.newBuilder()
          .addField(999, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
          .build();

  @Test
  void everyKindOfRecordIsRead() {
    isReadable(record().setBarrier(Barrier.getDefaultInstance()));
    isReadable(record().setTick(Tick.getDefaultInstance()));
    isReadable(record().setNamespaceId(7).setNamespaceDrop(NamespaceDrop.getDefaultInstance()));
    isReadable(write(put()));
    isReadable(write(Operation.newBuilder().setDelete(Delete.getDefaultInstance())));
    isReadable(write(Operation.newBuilder().setIncrement(Increment.newBuilder().setDelta(-3))));
    isReadable(
        write(
            put()
                .setCondition(
                    Condition.newBuilder().setAbsent(MustBeAbsent.getDefaultInstance()))));
    isReadable(
        write(put().setLifetime(Lifetime.newBuilder().setUnending(Unending.getDefaultInstance()))));
  }

  @Test
  void aDropNamesANamespace() {
    isUndecodable(record().setNamespaceDrop(NamespaceDrop.getDefaultInstance()));
  }

  @Test
  void anOperationNeedsAnAction() {
    isUndecodable(write(Operation.newBuilder()));
  }

  @Test
  void aConditionNeedsATest() {
    isUndecodable(write(put().setCondition(Condition.getDefaultInstance())));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000, Limits.MAX_TTL_MILLIS})
  void aTimeToLiveWithinItsLimitsIsRead(long millis) {
    isReadable(write(put().setLifetime(Lifetime.newBuilder().setTtlMs(millis))));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Limits.MAX_TTL_MILLIS + 1})
  void aTimeToLivePastItsLimitsIsNoRecord(long millis) {
    isUndecodable(write(put().setLifetime(Lifetime.newBuilder().setTtlMs(millis))));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void anExpiryLiesAfterTheBeginningOfTime(long millis) {
    isUndecodable(write(put().setLifetime(Lifetime.newBuilder().setExpiresMs(millis))));
  }

  @Test
  void aLifetimeNeedsABoundAndSomethingThatLives() {
    isUndecodable(write(put().setLifetime(Lifetime.getDefaultInstance())));
    isUndecodable(
        write(
            Operation.newBuilder()
                .setDelete(Delete.getDefaultInstance())
                .setLifetime(Lifetime.newBuilder().setTtlMs(1))));
  }

  @Test
  void rulesKeepNoMoreVersionsThanTheLimit() {
    isReadable(write(put()).setNamespaceRules(rules().setMaxVersions(Limits.MAX_VERSIONS)));
    isUndecodable(write(put()).setNamespaceRules(rules().setMaxVersions(Limits.MAX_VERSIONS + 1)));
    isUndecodable(write(put()).setNamespaceRules(rules().setMaxVersions(-1)));
  }

  @Test
  void aFieldThatIsNotKnownHaltsWhereverItStands() {
    isNewer(record().setBarrier(Barrier.newBuilder().setUnknownFields(UNKNOWN)));
    isNewer(record().setTick(Tick.newBuilder().setUnknownFields(UNKNOWN)));
    isNewer(
        record()
            .setNamespaceId(7)
            .setNamespaceDrop(NamespaceDrop.newBuilder().setUnknownFields(UNKNOWN)));
    isNewer(write(put().setUnknownFields(UNKNOWN)));
    isNewer(
        write(
            Operation.newBuilder().setIncrement(Increment.newBuilder().setUnknownFields(UNKNOWN))));
    isNewer(
        write(
            put()
                .setCondition(
                    Condition.newBuilder()
                        .setAbsent(MustBeAbsent.newBuilder().setUnknownFields(UNKNOWN)))));
    isNewer(write(put().setLifetime(Lifetime.newBuilder().setTtlMs(1).setUnknownFields(UNKNOWN))));
    isNewer(
        write(
            put()
                .setLifetime(
                    Lifetime.newBuilder()
                        .setUnending(Unending.newBuilder().setUnknownFields(UNKNOWN)))));
  }

  @Test
  void aConflictRuleThatIsNotKnownHalts() {
    isNewer(write(put()).setNamespaceRules(rules().setConflictRuleValue(99)));
  }

  private static LogRecord.Builder record() {
    return LogRecord.newBuilder().setFormatVersion(1);
  }

  private static LogRecord.Builder write(Operation.Builder operation) {
    return record()
        .setNamespaceId(7)
        .setStamp(WriterStamp.newBuilder().setSequence(1).setLowestOpen(1))
        .setWrite(
            Write.newBuilder()
                .setPartitionKey(ByteString.copyFromUtf8("p"))
                .addOperations(operation));
  }

  private static Operation.Builder put() {
    return Operation.newBuilder().setPut(VALUE);
  }

  private static NamespaceRules.Builder rules() {
    return NamespaceRules.newBuilder()
        .setNamespaceId(7)
        .setVersion(1)
        .setConflictRule(ConflictRule.LOG_ORDER);
  }

  private static void isReadable(LogRecord.Builder record) {
    assertInstanceOf(Readable.class, decode(record));
  }

  private static void isUndecodable(LogRecord.Builder record) {
    assertInstanceOf(Undecodable.class, decode(record));
  }

  private static void isNewer(LogRecord.Builder record) {
    assertInstanceOf(Newer.class, decode(record));
  }

  private static DecodedRecord decode(LogRecord.Builder record) {
    return LogRecordCodec.decode(record.build().toByteArray());
  }
}
