package io.byssus.dispatcher.writes;

import static io.byssus.dispatcher.TestCluster.bytes;
import static io.byssus.dispatcher.calls.CheckCase.bad;
import static io.byssus.dispatcher.calls.CheckCase.good;
import static io.byssus.dispatcher.calls.CheckCase.key;
import static io.byssus.dispatcher.calls.CheckCase.zeros;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.byssus.dispatcher.calls.CheckCase;
import io.byssus.model.ByssusException;
import io.byssus.model.Limits;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.WriteBatchRequest;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriterStamp;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every limit of a write, from both sides. */
class WriteChecksTest {

  static Stream<CheckCase> cases() {
    return Stream.of(
        bad("no namespace", put(b -> b.setNamespace("")), "namespace", "is missing"),
        bad("namespace in capitals", put(b -> b.setNamespace("A")), "namespace", "a-z"),
        good("longest namespace", put(b -> b.setNamespace("a".repeat(62)))),
        bad("namespace too long", put(b -> b.setNamespace("a".repeat(63))), "namespace", "61"),
        bad("no key", put(PutRequest.Builder::clearKey), "key.partition_key", "1 byte or more"),
        bad("no partition key", put(b -> b.setKey(key(0, 3))), "key.partition_key", "is empty"),
        good("empty sort key", put(b -> b.setKey(key(1, 0)))),
        good("longest key", put(b -> b.setKey(key(96, 4_000)))),
        bad("key too long", put(b -> b.setKey(key(97, 4_000))), "key", "the limit is 4096"),
        good("empty value", put(b -> b.setValue(zeros(0)))),
        good("largest value", put(b -> b.setValue(zeros(Limits.MAX_VALUE_BYTES)))),
        bad(
            "value too large",
            put(b -> b.setValue(zeros(Limits.MAX_VALUE_BYTES + 1))),
            "value",
            "is 1048577 bytes; the limit is 1048576"),
        bad(
            "unknown acknowledgement",
            put(b -> b.getOptionsBuilder().setAcknowledgementValue(9)),
            "options.acknowledgement",
            "LOGGED"),
        bad(
            "stamp without namespace id",
            put(b -> b.setOptions(WriteOptions.newBuilder().setStamp(stamp(1, 1)))),
            "options.namespace_id",
            "is missing"),
        good("widest stamp", stamped(stamp(1_024, 1))),
        bad("stamp too wide", stamped(stamp(1_025, 1)), "options.stamp.lowest_open", "1023"),
        bad("sequence 0", stamped(stamp(0, 0)), "options.stamp.sequence", "1 to"),
        bad("negative sequence", stamped(stamp(-1, 1)), "options.stamp.sequence", "1 to"),
        bad("lowest open 0", stamped(stamp(1, 0)), "options.stamp.lowest_open", "1 to"),
        bad("lowest open above", stamped(stamp(1, 2)), "options.stamp.lowest_open", "1 to"),
        bad(
            "short writer id",
            stamped(stamp(1, 1).toBuilder().setWriterId(zeros(15)).build()),
            "options.stamp.writer_id",
            "exactly 16"),
        bad(
            "delete of a key too long",
            () ->
                WriteChecks.check(
                    DeleteRequest.newBuilder().setNamespace("n").setKey(key(1, 4_096)).build()),
            "key",
            "the limit is 4096"),
        bad("empty batch", batch(0, 0), "operations", "is empty; 1 to 1000"),
        good("longest batch", batch(1_000, 0)),
        bad("batch too long", batch(1_001, 0), "operations", "the limit is 1000"),
        good("largest batch", batch(5, Limits.MAX_BATCH_BYTES)),
        bad("batch too large", batch(5, Limits.MAX_BATCH_BYTES + 1), "operations", "4194304"),
        bad(
            "sort key twice",
            batch(b -> b.addOperations(put("same")).addOperations(put("same"))),
            "operations[1].sort_key",
            "twice"),
        bad(
            "operation without action",
            batch(b -> b.addOperations(WriteOperation.newBuilder().setSortKey(bytes("a")))),
            "operations[0]",
            "has none of put, remove and increment"),
        bad(
            "value too large in a batch",
            batch(
                b ->
                    b.addOperations(
                        WriteOperation.newBuilder().setPut(zeros(Limits.MAX_VALUE_BYTES + 1)))),
            "operations[0].put",
            "the limit is 1048576"),
        bad(
            "sort key too long in a batch",
            batch(
                b ->
                    b.addOperations(
                        WriteOperation.newBuilder().setSortKey(zeros(4_096)).setPut(zeros(0)))),
            "operations[0].sort_key",
            "the limit is 4096"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void eachLimitIsHeldAndNamed(CheckCase each) {
    each.verify();
  }

  @Test
  void allProblemsOfARequestAreNamedUpToWhatAnAnswerHolds() {
    WriteBatchRequest request =
        WriteBatchRequest.newBuilder()
            .addAllOperations(Collections.nCopies(100, WriteOperation.getDefaultInstance()))
            .build();
    ByssusException error = assertThrows(ByssusException.class, () -> WriteChecks.check(request));
    assertEquals("namespace", error.problems().get(0).field());
    assertEquals("partition_key", error.problems().get(1).field());
    // 100 without an action, 99 of them with a sort key that was there before.
    assertEquals("and " + (2 + 199 - 8) + " more", error.problems().get(8).problem());
  }

  private interface Change<B> {
    void apply(B builder);
  }

  private static Runnable put(Change<PutRequest.Builder> change) {
    PutRequest.Builder request = PutRequest.newBuilder().setNamespace("n").setKey(key(1, 1));
    change.apply(request);
    return () -> WriteChecks.check(request.build());
  }

  private static Runnable stamped(WriterStamp stamp) {
    return put(b -> b.setOptions(WriteOptions.newBuilder().setStamp(stamp).setNamespaceId(1)));
  }

  private static WriterStamp stamp(long sequence, long lowestOpen) {
    return WriterStamp.newBuilder()
        .setWriterId(zeros(16))
        .setSequence(sequence)
        .setLowestOpen(lowestOpen)
        .build();
  }

  private static Runnable batch(Change<WriteBatchRequest.Builder> change) {
    WriteBatchRequest.Builder request =
        WriteBatchRequest.newBuilder().setNamespace("n").setPartitionKey(bytes("p"));
    change.apply(request);
    return () -> WriteChecks.check(request.build());
  }

  /** A batch of so many operations and, where it is not 0, so many bytes in all. */
  private static Runnable batch(int operations, int bytes) {
    return batch(
        request -> {
          int left = bytes - 1 - 4 * operations;
          for (int i = 0; i < operations; i++) {
            int size = Math.max(0, Math.min(left, Limits.MAX_VALUE_BYTES));
            left -= size;
            request.addOperations(
                WriteOperation.newBuilder()
                    .setSortKey(bytes(String.format("%04d", i)))
                    .setPut(zeros(size)));
          }
        });
  }

  private static WriteOperation put(String sortKey) {
    return WriteOperation.newBuilder().setSortKey(bytes(sortKey)).setPut(zeros(1)).build();
  }
}
