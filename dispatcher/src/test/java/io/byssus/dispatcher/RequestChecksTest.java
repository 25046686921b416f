package io.byssus.dispatcher;

import static io.byssus.dispatcher.TestCluster.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.FieldProblem;
import io.byssus.model.Limits;
import io.byssus.model.Position;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.MultiGetRequest;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.ReadOptions;
import io.byssus.proto.kv.v1.ResolveRequest;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.SortKeyRange;
import io.byssus.proto.kv.v1.WriteBatchRequest;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriterStamp;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every limit of a request, from both sides. */
class RequestChecksTest {

  /**
   * A request and what must be said of it.
   *
   * @param field the field at fault; empty: the request passes
   * @param problem a part of the sentence, which names the limit
   */
  record Case(String name, Runnable check, String field, String problem) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
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
                RequestChecks.check(
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
            "neither"),
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
            "the limit is 4096"),
        bad("no keys", multiGet(0), "keys", "is empty; 1 to 1000"),
        good("most keys", multiGet(1_000)),
        bad("too many keys", multiGet(1_001), "keys", "the limit is 1000"),
        bad(
            "one bad key of many",
            () ->
                RequestChecks.check(
                    MultiGetRequest.newBuilder()
                        .setNamespace("n")
                        .addKeys(key(1, 1))
                        .addKeys(key(0, 1))
                        .build()),
            "keys[1].partition_key",
            "is empty"),
        bad(
            "unknown consistency",
            get(ReadOptions.newBuilder().setConsistencyValue(7)),
            "options.consistency",
            "SESSION"),
        bad(
            "session token without incarnation",
            get(ReadOptions.newBuilder().putSessionToken(3, 17)),
            "options.session_token[3]",
            "is not a position"),
        good(
            "session token", get(ReadOptions.newBuilder().putSessionToken(3, Position.pack(1, 0)))),
        bad("scan without partition key", scan(b -> {}), "partition_key", "is empty"),
        good("scan of all", scan(b -> b.setPartitionKey(bytes("p")))),
        bad(
            "prefix too long",
            scan(b -> b.setPartitionKey(bytes("p")).setPrefix(zeros(4_096))),
            "prefix",
            "the limit is 4096"),
        bad(
            "range too long",
            scan(
                b ->
                    b.setPartitionKey(bytes("p"))
                        .setRange(SortKeyRange.newBuilder().setEnd(zeros(4_096)))),
            "range.end",
            "the limit is 4096"),
        bad(
            "page token made up",
            scan(b -> b.setPartitionKey(bytes("p")).setPageToken(bytes("next please"))),
            "page_token",
            "is not a next_page_token"),
        bad(
            "resolve without namespace",
            () -> RequestChecks.check(ResolveRequest.getDefaultInstance()),
            "namespace",
            "is missing"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void eachLimitIsHeldAndNamed(Case each) {
    if (each.field.isEmpty()) {
      each.check.run();
      return;
    }
    ByssusException error = assertThrows(ByssusException.class, each.check::run);
    assertEquals(ErrorCode.INVALID_REQUEST, error.code());
    assertEquals(List.of(each.field), error.problems().stream().map(FieldProblem::field).toList());
    String said = error.problems().get(0).problem();
    assertTrue(said.contains(each.problem), said);
    assertTrue(error.getMessage().contains(each.field + " " + said), error.getMessage());
  }

  @Test
  void allProblemsOfARequestAreNamedUpToWhatAnAnswerHolds() {
    WriteBatchRequest request =
        WriteBatchRequest.newBuilder()
            .addAllOperations(Collections.nCopies(100, WriteOperation.getDefaultInstance()))
            .build();
    ByssusException error = assertThrows(ByssusException.class, () -> RequestChecks.check(request));
    assertEquals("namespace", error.problems().get(0).field());
    assertEquals("partition_key", error.problems().get(1).field());
    // 100 without an action, 99 of them with a sort key that was there before.
    assertEquals("and " + (2 + 199 - 8) + " more", error.problems().get(8).problem());
  }

  private interface Change<B> {
    void apply(B builder);
  }

  private static Case good(String name, Runnable check) {
    return new Case(name, check, "", "");
  }

  private static Case bad(String name, Runnable check, String field, String problem) {
    return new Case(name, check, field, problem);
  }

  private static Runnable put(Change<PutRequest.Builder> change) {
    PutRequest.Builder request = PutRequest.newBuilder().setNamespace("n").setKey(key(1, 1));
    change.apply(request);
    return () -> RequestChecks.check(request.build());
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
    return () -> RequestChecks.check(request.build());
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

  private static Runnable multiGet(int keys) {
    MultiGetRequest.Builder request = MultiGetRequest.newBuilder().setNamespace("n");
    IntStream.range(0, keys).forEach(i -> request.addKeys(key(1, 1)));
    return () -> RequestChecks.check(request.build());
  }

  private static Runnable get(ReadOptions.Builder options) {
    GetRequest request =
        GetRequest.newBuilder().setNamespace("n").setKey(key(1, 1)).setOptions(options).build();
    return () -> RequestChecks.check(request);
  }

  private static Runnable scan(Change<ScanRequest.Builder> change) {
    ScanRequest.Builder request = ScanRequest.newBuilder().setNamespace("n");
    change.apply(request);
    return () -> RequestChecks.check(request.build());
  }

  private static WriteOperation put(String sortKey) {
    return WriteOperation.newBuilder().setSortKey(bytes(sortKey)).setPut(zeros(1)).build();
  }

  private static Key key(int partitionKeyBytes, int sortKeyBytes) {
    return Key.newBuilder()
        .setPartitionKey(zeros(partitionKeyBytes))
        .setSortKey(zeros(sortKeyBytes))
        .build();
  }

  private static ByteString zeros(int length) {
    return ByteString.copyFrom(new byte[length]);
  }
}
