package io.byssus.dispatcher.reads;

import static io.byssus.dispatcher.TestCluster.await;
import static io.byssus.dispatcher.TestCluster.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.clustermap.replicas.ReadLevel;
import io.byssus.model.Position;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.Criticality;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.ReadContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which answers are given again, on a clock of the test's own. */
class HotRecordsTest {
  private static final long SEEN = Position.pack(1, 20);
  private static final RecordQuestion QUESTION = new RecordQuestion(1, 0, key("p", "s"), 0);

  private long now = Duration.ofDays(1).toNanos();
  private final Clock clock =
      new InstantSource() {
        @Override
        public Instant instant() {
          return Instant.EPOCH.plusNanos(now);
        }
      }.withZone(ZoneOffset.UTC);
  private final HotRecords hot = new HotRecords(1 << 20, () -> now, clock, false);

  @Test
  void aRecordIsKeptOnceItIsAskedForOften() {
    for (int i = 0; i < 4; i++) {
      assertTrue(find(eventual(), 0).isEmpty(), "asked " + i + " times before");
      if (i < 3) {
        hot.keep(QUESTION, eventual(), now, answer(0));
      }
    }
    hot.keep(QUESTION, eventual(), now, answer(0));
    assertTrue(find(eventual(), 0).isPresent());
  }

  @Test
  void anAnswerAgesAndIsForgottenWhenTheNamespaceSaysSo() {
    keep(eventual(), 30);
    pass(400);
    assertEquals(430, find(eventual(), 0).orElseThrow().getContext().getAgeMs());
    pass(600);
    assertTrue(find(eventual(), 0).isPresent());
    pass(1);
    assertTrue(find(eventual(), 0).isEmpty());
  }

  @Test
  void anAnswerIsNeitherGivenNorKeptPastTheExpiryOfItsRecord() {
    keep(eventual(), 0);
    GetResponse.Builder expiring = answer(0).toBuilder();
    expiring.getRecordBuilder().setExpiresMs(clock.millis() + 300);
    hot.keep(QUESTION, eventual(), now, expiring.build());
    pass(299);
    assertTrue(find(eventual(), 0).isPresent());
    pass(1);
    assertTrue(find(eventual(), 0).isEmpty());
    hot.keep(QUESTION, eventual(), now, answer(0));
    hot.keep(QUESTION, eventual(), now, expiring.build());
    assertTrue(find(eventual(), 0).isPresent(), "the expired one has not taken the other's place");
  }

  @Test
  void boundedTakesOnlyWhatWasPromisedAndNotPastItsBound() {
    keep(eventual(), 0);
    assertTrue(find(bounded(900), 0).isEmpty());
    keep(bounded(900), 100);
    pass(500);
    assertEquals(600, find(bounded(900), 0).orElseThrow().getContext().getAgeMs());
    assertTrue(find(bounded(599), 0).isEmpty());
    assertTrue(find(eventual(), 0).isPresent());
    pass(301);
    assertTrue(find(bounded(900), 0).isEmpty());
  }

  @Test
  void aSessionTakesOnlyWhatHoldsItsPosition() {
    keep(eventual(), 0);
    assertTrue(find(session(), Position.NONE).isPresent());
    assertTrue(find(session(), SEEN).isPresent());
    assertTrue(find(session(), SEEN + 1).isEmpty(), "its own later write");
    assertTrue(hot.find(QUESTION, session(), Position.pack(2, 1), 2).isEmpty());
  }

  @Test
  void linearizableTakesNothing() {
    keep(bounded(900), 0);
    assertTrue(find(level(Consistency.LINEARIZABLE, 0), 0).isEmpty());
    HotRecords faulty = new HotRecords(1 << 20, () -> now, clock, true);
    for (int i = 0; i < 4; i++) {
      faulty.find(QUESTION, level(Consistency.LINEARIZABLE, 0), 0, 1);
    }
    faulty.keep(QUESTION, eventual(), now, answer(0));
    assertTrue(faulty.find(QUESTION, level(Consistency.LINEARIZABLE, 0), 0, 1).isPresent());
  }

  @Test
  void answersOfAnotherIncarnationAndOtherVersionsAreNotGiven() {
    keep(eventual(), 0);
    assertTrue(hot.find(QUESTION, eventual(), 0, 2).isEmpty());
    RecordQuestion old = new RecordQuestion(1, 0, key("p", "s"), 7);
    for (int i = 0; i < 10; i++) {
      hot.find(old, eventual(), 0, 1);
    }
    hot.keep(old, eventual(), now, answer(0));
    assertTrue(hot.find(old, eventual(), 0, 1).isEmpty());
  }

  @Test
  void aNamespaceThatAllowsNoMemoryGetsNone() {
    ReadLevel none =
        new ReadLevel(Consistency.EVENTUAL, 0, 0, 0, Criticality.CRITICALITY_UNSPECIFIED);
    keep(none, 0);
    assertTrue(find(none, 0).isEmpty());
    assertEquals(0, hot.size());
  }

  @Test
  void whatIsKeptIsBoundedInBytes() {
    ByteString value = ByteString.copyFrom(new byte[100 << 10]);
    GetResponse large = answer(0).toBuilder().setRecord(record(value)).build();
    for (int i = 0; i < 200; i++) {
      RecordQuestion question = new RecordQuestion(1, 0, key("p", "s" + i), 0);
      for (int j = 0; j < 5; j++) {
        hot.find(question, eventual(), 0, 1);
      }
      hot.keep(question, eventual(), now, large);
    }
    await().until(() -> hot.size() <= 10);
  }

  /** Has an answer kept for a record that is asked for often. */
  private void keep(ReadLevel level, long ageMs) {
    for (int i = 0; i < 4; i++) {
      find(level, 0);
    }
    hot.keep(QUESTION, level, now, answer(ageMs));
  }

  private Optional<GetResponse> find(ReadLevel level, long atLeast) {
    return hot.find(QUESTION, level, atLeast, 1);
  }

  private static GetResponse answer(long ageMs) {
    return GetResponse.newBuilder()
        .setRecord(record(ByteString.copyFromUtf8("v")))
        .setContext(
            ReadContext.newBuilder().setPosition(SEEN + 5).setSeenPosition(SEEN).setAgeMs(ageMs))
        .build();
  }

  private static io.byssus.proto.kv.v1.Record record(ByteString value) {
    return io.byssus.proto.kv.v1.Record.newBuilder().setValue(value).setVersion(3).build();
  }

  private static ReadLevel eventual() {
    return level(Consistency.EVENTUAL, 0);
  }

  private static ReadLevel bounded(long ms) {
    return level(Consistency.BOUNDED, ms);
  }

  private static ReadLevel session() {
    return level(Consistency.SESSION, 0);
  }

  private static ReadLevel level(Consistency consistency, long maxStalenessMs) {
    return new ReadLevel(
        consistency, maxStalenessMs, 0, 1_000, Criticality.CRITICALITY_UNSPECIFIED);
  }

  private void pass(long ms) {
    now += Duration.ofMillis(ms).toNanos();
  }
}
