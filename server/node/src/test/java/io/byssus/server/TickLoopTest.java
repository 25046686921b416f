package io.byssus.server;

import static io.byssus.server.ServedShard.ANOTHER_NAMESPACE;
import static io.byssus.server.ServedShard.NAMESPACE;
import static io.byssus.server.ServedShard.at;
import static io.byssus.server.ServedShard.errorOf;
import static io.byssus.server.ServedShard.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.model.ErrorCode;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.log.v1.Lifetime;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Unending;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TickLoopTest {
  private static final Lifetime FOREVER =
      Lifetime.newBuilder().setUnending(Unending.getDefaultInstance()).build();

  @TempDir static Path directory;
  private static ServedShard shard;

  @BeforeAll
  static void start() throws Exception {
    shard = new ServedShard(directory);
  }

  @AfterAll
  static void stop() {
    shard.close();
  }

  private static long put(int namespaceId, String partitionKey, Lifetime lifetime) {
    Operation operation =
        Operation.newBuilder()
            .setPut(ByteString.copyFromUtf8("value"))
            .setLifetime(lifetime)
            .build();
    return shard.write(namespaceId, shard.nextStamp(), partitionKey, operation);
  }

  private static GetResponse get(int namespaceId, String partitionKey, long position) {
    return shard
        .stub()
        .get(
            ShardGetRequest.newBuilder()
                .setView(at(position))
                .setNamespaceId(namespaceId)
                .setKey(key(partitionKey, ""))
                .build());
  }

  @Test
  void aRecordIsInvisibleWithinTwoSecondsOfBeingDueWhereNobodyWrites() {
    // A busy machine may be late now and then, but not always.
    Awaitility.await()
        .pollInterval(Duration.ofMillis(1))
        .atMost(Duration.ofSeconds(60))
        .until(() -> millisVisibleAfterDue() <= 2_000);
    double ticks = shard.marks("tick");
    Awaitility.await()
        .pollDelay(Duration.ofMillis(1_200))
        .until(() -> shard.marks("tick") == ticks);
  }

  private static long millisVisibleAfterDue() {
    long position = put(NAMESPACE, "due", Lifetime.newBuilder().setTtlMs(1_500).build());
    GetResponse before = get(NAMESPACE, "due", position);
    assertTrue(before.hasRecord());
    double ticks = shard.marks("tick");
    Awaitility.await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(30))
        .until(() -> !get(NAMESPACE, "due", position).hasRecord());
    long late = System.currentTimeMillis() - before.getRecord().getExpiresMs();
    assertTrue(late >= 0, "gone " + -late + " ms early");
    double issued = shard.marks("tick") - ticks;
    assertTrue(issued >= 1 && issued <= 1 + late / 1_000.0, issued + " ticks in " + late + " ms");
    return late;
  }

  @Test
  void aNamespaceThatTheMapWantsGoneIsDroppedByOneRecordAndReportedUntilThen() {
    int namespaceId = ANOTHER_NAMESPACE;
    shard.tellNamespace(namespaceId, NamespaceState.ACTIVE);
    long position = put(namespaceId, "gone", FOREVER);
    assertTrue(get(namespaceId, "gone", position).hasRecord());
    assertEquals(List.of(), shard.report().getUndroppedNamespacesList());

    shard.tellNamespace(namespaceId, NamespaceState.DELETED);
    assertEquals(ErrorCode.NAMESPACE_NOT_FOUND, errorOf(() -> get(namespaceId, "gone", position)));
    assertEquals(List.of(), shard.report().getUndroppedNamespacesList(), "it may come back");

    double drops = shard.marks("namespace-drop");
    shard.tellNamespace(namespaceId, NamespaceState.DROPPING);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                shard.marks("namespace-drop") > drops
                    && shard.report().getUndroppedNamespacesList().isEmpty());
    shard.tellNamespace(namespaceId, NamespaceState.DROPPED);
    put(namespaceId, "late", FOREVER);
    Awaitility.await()
        .pollDelay(Duration.ofMillis(1_200))
        .until(() -> shard.marks("namespace-drop") == drops + 1);
  }
}
