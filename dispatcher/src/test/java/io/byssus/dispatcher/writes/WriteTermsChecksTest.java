package io.byssus.dispatcher.writes;

import static io.byssus.dispatcher.TestCluster.bytes;
import static io.byssus.dispatcher.calls.CheckCase.bad;
import static io.byssus.dispatcher.calls.CheckCase.good;
import static io.byssus.dispatcher.calls.CheckCase.key;
import static io.byssus.dispatcher.calls.CheckCase.zeros;

import io.byssus.dispatcher.calls.CheckCase;
import io.byssus.model.Limits;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.IncrementRequest;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.Remove;
import io.byssus.proto.kv.v1.StreamedWrite;
import io.byssus.proto.kv.v1.WriteBatchRequest;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriteStreamOpen;
import io.byssus.proto.log.v1.Condition;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.Increment;
import io.byssus.proto.log.v1.Lifetime;
import io.byssus.proto.log.v1.MustBeAbsent;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Unending;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The limits of conditions, lifetimes, versions and increments, and of streams of writes. */
class WriteTermsChecksTest {
  private static final Condition NO_TEST = Condition.getDefaultInstance();
  private static final Condition ABSENT =
      Condition.newBuilder().setAbsent(MustBeAbsent.getDefaultInstance()).build();

  static Stream<CheckCase> cases() {
    return Stream.of(terms(), rules(), streams()).flatMap(cases -> cases);
  }

  private static Stream<CheckCase> terms() {
    return Stream.of(
        good("put with a condition", put(b -> b.setCondition(ABSENT))),
        bad("put without a test", put(b -> b.setCondition(NO_TEST)), "condition", "has none of"),
        bad(
            "delete without a test",
            () ->
                WriteChecks.check(
                    DeleteRequest.newBuilder()
                        .setNamespace("n")
                        .setKey(key(1, 1))
                        .setCondition(NO_TEST)
                        .build()),
            "condition",
            "has none of"),
        bad(
            "increment without a test",
            increment(b -> b.setCondition(NO_TEST)),
            "condition",
            "has none of"),
        bad(
            "increment without a key",
            increment(b -> b.setKey(key(0, 1))),
            "key.partition_key",
            "is empty"),
        good("increment by the least", increment(b -> b.setDelta(Long.MIN_VALUE))),
        bad(
            "operation without a test",
            batch(b -> b.setPut(bytes("v")).setCondition(NO_TEST)),
            "operations[0].condition",
            "has none of"),
        good("longest value to compare with", put(b -> b.setCondition(valueOf(1 << 20)))),
        bad(
            "value to compare with too long",
            put(b -> b.setCondition(valueOf((1 << 20) + 1))),
            "condition.value_equals",
            "is 1048577 bytes; the limit is 1048576"),
        bad(
            "values to compare with count in a batch",
            largeConditions(),
            "operations",
            "the limit is 4194304"),
        bad("ttl 0", put(b -> b.setLifetime(ttl(0))), "lifetime.ttl_ms", "is 0; 1 to"),
        good("least ttl", put(b -> b.setLifetime(ttl(1)))),
        good("longest ttl", put(b -> b.setLifetime(ttl(Limits.MAX_TTL_MILLIS)))),
        bad(
            "ttl too long",
            put(b -> b.setLifetime(ttl(Limits.MAX_TTL_MILLIS + 1))),
            "lifetime.ttl_ms",
            "1 to 3155760000000"),
        bad(
            "negative ttl",
            put(b -> b.setLifetime(ttl(-1))),
            "lifetime.ttl_ms",
            "is 18446744073709551615"),
        bad(
            "expiry 0",
            increment(b -> b.setLifetime(Lifetime.newBuilder().setExpiresMs(0))),
            "lifetime.expires_ms",
            "1 and up"),
        good(
            "without end",
            put(
                b ->
                    b.setLifetime(
                        Lifetime.newBuilder().setUnending(Unending.getDefaultInstance())))),
        bad(
            "lifetime of nothing",
            put(b -> b.setLifetime(Lifetime.getDefaultInstance())),
            "lifetime",
            "has none of"),
        bad(
            "lifetime of a removal",
            batch(b -> b.setRemove(Remove.getDefaultInstance()).setLifetime(ttl(1))),
            "operations[0].lifetime",
            "put and increment only"),
        bad(
            "unknown criticality",
            put(b -> b.setOptions(b.getOptions().toBuilder().setCriticalityValue(7))),
            "options.criticality",
            "SHEDDABLE"));
  }

  private static Stream<CheckCase> rules() {
    return Stream.of(
        good("no version in log order", ruled(ConflictRule.LOG_ORDER, b -> b.setPut(bytes("v")))),
        bad(
            "version in log order",
            ruled(ConflictRule.LOG_ORDER, b -> b.setPut(bytes("v")).setVersion(7)),
            "operations[0].version",
            "is 7; in 'n', a namespace of LOG_ORDER"),
        good("versioned", ruled(ConflictRule.VERSION, b -> b.setPut(bytes("v")).setVersion(1))),
        bad(
            "no version",
            ruled(ConflictRule.VERSION, b -> b.setRemove(Remove.getDefaultInstance())),
            "operations[0].version",
            "is missing; in 'n', a namespace of VERSION"),
        bad(
            "versioned increment in a batch",
            ruled(
                ConflictRule.VERSION,
                b -> b.setIncrement(Increment.newBuilder().setDelta(1)).setVersion(1)),
            "operations[0].increment",
            "is not possible in 'n'"),
        bad(
            "versioned increment",
            () ->
                WriteChecks.check(
                    WriteIntent.of(IncrementRequest.getDefaultInstance()).write(),
                    false,
                    rulesOf(ConflictRule.VERSION)),
            "delta",
            "is not possible in 'n'"),
        bad(
            "version of a put in log order",
            () ->
                WriteChecks.check(
                    WriteIntent.of(PutRequest.newBuilder().setVersion(1).build()).write(),
                    false,
                    rulesOf(ConflictRule.LOG_ORDER)),
            "version",
            "only 0 is allowed"));
  }

  private static Stream<CheckCase> streams() {
    return Stream.of(
        good("open", open(b -> b)),
        bad("open nothing", open(b -> b.setNamespace("")), "open.namespace", "is missing"),
        bad(
            "open with a short writer",
            open(b -> b.setWriterId(zeros(3)).setNamespaceId(1)),
            "open.writer_id",
            "exactly 16"),
        bad(
            "open with a writer alone",
            open(b -> b.setWriterId(zeros(16))),
            "open.namespace_id",
            "is missing"),
        bad(
            "open for an unknown acknowledgement",
            open(b -> b.setAcknowledgementValue(9)),
            "open.acknowledgement",
            "LOGGED"),
        good("streamed", streamed(false, b -> b)),
        good("streamed and stamped", streamed(true, b -> b.setSequence(9).setLowestOpen(1))),
        bad(
            "streamed stamp without a writer",
            streamed(false, b -> b.setAcceptUntilMs(1)),
            "sequence",
            "without a writer_id"),
        bad("no streamed stamp", streamed(true, b -> b), "sequence", "1 to"),
        bad(
            "streamed stamp too wide",
            streamed(true, b -> b.setSequence(1_025).setLowestOpen(1)),
            "lowest_open",
            "1023"),
        bad(
            "streamed without a partition key",
            streamed(false, StreamedWrite.Builder::clearPartitionKey),
            "partition_key",
            "is empty"),
        bad(
            "streamed without operations",
            streamed(false, StreamedWrite.Builder::clearOperations),
            "operations",
            "is empty"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void eachLimitIsHeldAndNamed(CheckCase each) {
    each.verify();
  }

  private static Runnable put(UnaryOperator<PutRequest.Builder> change) {
    PutRequest.Builder request = PutRequest.newBuilder().setNamespace("n").setKey(key(1, 1));
    return () -> WriteChecks.check(change.apply(request).build());
  }

  private static Runnable increment(UnaryOperator<IncrementRequest.Builder> change) {
    IncrementRequest.Builder request =
        IncrementRequest.newBuilder().setNamespace("n").setKey(key(1, 1));
    return () -> WriteChecks.check(change.apply(request).build());
  }

  private static Runnable batch(UnaryOperator<WriteOperation.Builder> change) {
    WriteBatchRequest request = batchOf(change.apply(WriteOperation.newBuilder()));
    return () -> WriteChecks.check(request);
  }

  private static Runnable ruled(ConflictRule rule, UnaryOperator<WriteOperation.Builder> change) {
    WriteIntent intent = WriteIntent.of(batchOf(change.apply(WriteOperation.newBuilder())));
    return () -> WriteChecks.check(intent.write(), intent.batch(), rulesOf(rule));
  }

  private static Runnable open(UnaryOperator<WriteStreamOpen.Builder> change) {
    WriteStreamOpen.Builder open = WriteStreamOpen.newBuilder().setNamespace("n");
    return () -> WriteChecks.check(change.apply(open).build());
  }

  private static Runnable streamed(boolean stamped, UnaryOperator<StreamedWrite.Builder> change) {
    StreamedWrite.Builder write =
        StreamedWrite.newBuilder()
            .setPartitionKey(bytes("p"))
            .addOperations(WriteOperation.newBuilder().setPut(bytes("v")));
    return () -> WriteChecks.check(change.apply(write).build(), stamped);
  }

  private static Runnable largeConditions() {
    WriteBatchRequest.Builder request =
        WriteBatchRequest.newBuilder().setNamespace("n").setPartitionKey(bytes("p"));
    for (int i = 0; i < 5; i++) {
      request.addOperations(
          WriteOperation.newBuilder()
              .setSortKey(bytes("s" + i))
              .setPut(bytes("v"))
              .setCondition(valueOf(1 << 20)));
    }
    return () -> WriteChecks.check(request.build());
  }

  private static WriteBatchRequest batchOf(WriteOperation.Builder operation) {
    return WriteBatchRequest.newBuilder()
        .setNamespace("n")
        .setPartitionKey(bytes("p"))
        .addOperations(operation)
        .build();
  }

  private static NamespaceRules rulesOf(ConflictRule rule) {
    return NamespaceRules.newBuilder().setName("n").setConflictRule(rule).build();
  }

  private static Condition valueOf(int bytes) {
    return Condition.newBuilder().setValueEquals(zeros(bytes)).build();
  }

  private static Lifetime ttl(long millis) {
    return Lifetime.newBuilder().setTtlMs(millis).build();
  }
}
