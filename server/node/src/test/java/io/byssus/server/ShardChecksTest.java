package io.byssus.server;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.FieldProblem;
import io.byssus.model.Limits;
import io.byssus.model.ShardHash;
import io.byssus.proto.internal.v1.AwaitAppliedRequest;
import io.byssus.proto.internal.v1.NamespaceSizesRequest;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardKeys;
import io.byssus.proto.internal.v1.ShardListVersionsRequest;
import io.byssus.proto.internal.v1.ShardMultiGetRequest;
import io.byssus.proto.internal.v1.ShardScanNamespaceRequest;
import io.byssus.proto.internal.v1.ShardScanRequest;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.WriterStamp;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ShardChecksTest {
  private static final int NAMESPACE = 3;
  private static final int SHARDS = 4;
  private static final ByteString PARTITION = ByteString.copyFromUtf8("p");
  private static final int SHARD = ShardHash.shard(NAMESPACE, PARTITION.toByteArray(), SHARDS);
  private static final ShardView VIEW = ShardView.newBuilder().setShard(SHARD).build();
  private static final ShardView ELSEWHERE =
      ShardView.newBuilder().setShard((SHARD + 1) % SHARDS).build();
  private static final Key KEY = Key.newBuilder().setPartitionKey(PARTITION).build();
  private static final ByteString LONG = ByteString.copyFrom(new byte[Limits.MAX_KEY_BYTES]);

  private static List<String> fields(Executable check) {
    ByssusException refused = assertThrows(ByssusException.class, check);
    assertEquals(ErrorCode.INVALID_REQUEST, refused.code());
    return refused.problems().stream().map(FieldProblem::field).toList();
  }

  @Test
  void aGetIsHeldToItsKeyItsLevelAndItsShard() {
    ShardGetRequest good =
        ShardGetRequest.newBuilder().setView(VIEW).setNamespaceId(NAMESPACE).setKey(KEY).build();
    assertDoesNotThrow(() -> ShardChecks.check(good, SHARDS));
    assertEquals(
        List.of("view.shard"),
        fields(() -> ShardChecks.check(good.toBuilder().setView(ELSEWHERE).build(), SHARDS)));
    assertEquals(
        List.of("namespace_id", "key.partition_key"),
        fields(
            () ->
                ShardChecks.check(good.toBuilder().setNamespaceId(0).clearKey().build(), SHARDS)));
    assertEquals(
        List.of("key"),
        fields(
            () ->
                ShardChecks.check(
                    good.toBuilder().setKey(KEY.toBuilder().setSortKey(LONG)).build(), SHARDS)));
    assertEquals(
        List.of("view.max_staleness_ms", "view.at_least"),
        fields(
            () ->
                ShardChecks.check(
                    good.toBuilder()
                        .setView(VIEW.toBuilder().setConsistency(Consistency.BOUNDED).setAtLeast(7))
                        .build(),
                    SHARDS)));
    assertEquals(
        List.of("view.consistency"),
        fields(
            () ->
                ShardChecks.check(
                    good.toBuilder().setView(VIEW.toBuilder().setConsistencyValue(99)).build(),
                    SHARDS)));
  }

  @Test
  void aMultiGetIsHeldToItsKeysAndTheirNumber() {
    ShardMultiGetRequest good =
        ShardMultiGetRequest.newBuilder()
            .setNamespaceId(NAMESPACE)
            .addShards(ShardKeys.newBuilder().setView(VIEW).addKeys(KEY))
            .build();
    assertDoesNotThrow(() -> ShardChecks.check(good, SHARDS));
    assertEquals(
        List.of("shards.keys"),
        fields(() -> ShardChecks.check(good.toBuilder().clearShards().build(), SHARDS)));
    ShardKeys.Builder many =
        ShardKeys.newBuilder().setView(VIEW).addAllKeys(Collections.nCopies(1_000, KEY));
    assertEquals(
        List.of("shards.keys"),
        fields(() -> ShardChecks.check(good.toBuilder().addShards(many).build(), SHARDS)));
    assertEquals(
        List.of("shards[1].view.shard", "shards[1].keys[1].partition_key"),
        fields(
            () ->
                ShardChecks.check(
                    good.toBuilder()
                        .addShards(
                            ShardKeys.newBuilder()
                                .setView(ELSEWHERE)
                                .addKeys(KEY)
                                .addKeys(Key.getDefaultInstance()))
                        .build(),
                    SHARDS)));
  }

  @Test
  void scansAreHeldToTheirBounds() {
    ShardScanRequest good =
        ShardScanRequest.newBuilder()
            .setView(VIEW)
            .setNamespaceId(NAMESPACE)
            .setPartitionKey(PARTITION)
            .build();
    assertDoesNotThrow(() -> ShardChecks.check(good, SHARDS));
    assertEquals(
        List.of("view.shard", "start", "end", "before", "before").stream().sorted().toList(),
        fields(
                () ->
                    ShardChecks.check(
                        good.toBuilder()
                            .setView(ELSEWHERE)
                            .setStart(LONG)
                            .setEnd(LONG)
                            .setBefore(LONG)
                            .build(),
                        SHARDS))
            .stream()
            .sorted()
            .toList());
    ShardScanNamespaceRequest namespace =
        ShardScanNamespaceRequest.newBuilder()
            .setView(VIEW)
            .setNamespaceId(NAMESPACE)
            .setAfter(KEY)
            .build();
    assertDoesNotThrow(() -> ShardChecks.check(namespace, SHARDS));
    assertEquals(
        List.of("view.shard"),
        fields(() -> ShardChecks.check(namespace.toBuilder().setView(ELSEWHERE).build(), SHARDS)));
    assertEquals(
        List.of("after.partition_key"),
        fields(
            () ->
                ShardChecks.check(
                    namespace.toBuilder().setAfter(Key.getDefaultInstance()).build(), SHARDS)));
  }

  @Test
  void listsStampsAndShardsAreHeldToTheirLimits() {
    ShardListVersionsRequest list =
        ShardListVersionsRequest.newBuilder()
            .setView(VIEW)
            .setNamespaceId(NAMESPACE)
            .setKey(KEY)
            .setLimit(1_000)
            .build();
    assertDoesNotThrow(() -> ShardChecks.check(list, SHARDS));
    assertEquals(
        List.of("from_version", "limit"),
        fields(
            () ->
                ShardChecks.check(
                    list.toBuilder().setFromVersion(2).setToVersion(1).setLimit(1_001).build(),
                    SHARDS)));
    assertEquals(
        List.of("limit"),
        fields(() -> ShardChecks.check(list.toBuilder().setLimit(0).build(), SHARDS)));
    assertEquals(
        List.of("stamps[0].writer_id", "stamps[0].sequence"),
        fields(
            () ->
                ShardChecks.check(
                    AwaitAppliedRequest.newBuilder()
                        .setView(VIEW)
                        .addStamps(WriterStamp.getDefaultInstance())
                        .build())));
    WriterStamp stamp =
        WriterStamp.newBuilder()
            .setWriterId(ByteString.copyFrom(new byte[16]))
            .setSequence(1)
            .setLowestOpen(1)
            .build();
    AwaitAppliedRequest most =
        AwaitAppliedRequest.newBuilder()
            .setView(VIEW)
            .addAllStamps(Collections.nCopies(Limits.MAX_ASKED_OUTCOMES, stamp))
            .build();
    assertDoesNotThrow(() -> ShardChecks.check(most));
    assertEquals(
        List.of("stamps"),
        fields(() -> ShardChecks.check(most.toBuilder().addStamps(stamp).build())));
    assertEquals(
        List.of("namespace_id", "shards"),
        fields(
            () ->
                ShardChecks.check(
                    NamespaceSizesRequest.newBuilder()
                        .addAllShards(Collections.nCopies(Limits.MAX_SHARDS + 1, 1))
                        .build())));
  }
}
