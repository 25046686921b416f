package io.byssus.dispatcher;

import static io.byssus.dispatcher.TestCluster.await;
import static io.byssus.dispatcher.TestCluster.bytes;
import static io.byssus.dispatcher.TestCluster.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import io.byssus.model.ShardHash;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.KeyResult;
import io.byssus.proto.kv.v1.MultiGetRequest;
import io.byssus.proto.kv.v1.MultiGetResponse;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.proto.kv.v1.ReadOptions;
import io.byssus.proto.kv.v1.WriteResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Multi-gets over all shards through a real dispatcher. */
class MultiGetTest {
  private static final int KEYS = 40;

  private TestCluster cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = new TestCluster(2);
    for (int i = 0; i < KEYS; i += 2) {
      cluster.put("p" + i, "s", "v" + i);
    }
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  @Test
  void resultsComeInTheOrderOfTheKeysWithOneCallPerServer() {
    MultiGetResponse answer = cluster.kv().multiGet(request().build());
    check(answer);
    assertTrue(cluster.server(1).calls("multiGet") <= 1);
    assertTrue(cluster.server(2).calls("multiGet") <= 1);
    assertEquals(
        TestCluster.SHARDS,
        answer.getContextsList().stream().map(ReadContext::getShard).distinct().count());
  }

  @Test
  void aKeyMayStandTwice() {
    MultiGetResponse answer = cluster.kv().multiGet(request().addKeys(key("p0", "s")).build());
    assertEquals(bytes("v0"), answer.getResults(0).getRecord().getValue());
    assertEquals(bytes("v0"), answer.getResults(KEYS).getRecord().getValue());
  }

  @Test
  void whatOneServerCannotAnswerIsAskedOfAnother() throws Exception {
    cluster.server(1).failWith(ErrorCode.SHARD_NOT_HERE);
    for (int i = 0; i < 10; i++) {
      check(cluster.kv().multiGet(request().build()));
    }
    cluster.server(1).kill();
    for (int i = 0; i < 10; i++) {
      check(cluster.kv().multiGet(request().build()));
    }
  }

  @Test
  void aServerThatHangsIsLeftBehind() {
    cluster.server(2).hang(true);
    for (int i = 0; i < 3; i++) {
      check(cluster.kv(Duration.ofSeconds(5)).multiGet(request().build()));
    }
  }

  @Test
  void keysOfAShardThatNobodyCanReadHaveTheirOwnError() {
    int lost = shardOf(0);
    cluster.servers.forEach(server -> server.failShardWith(lost, ErrorCode.REPLICA_HALTED));
    // Asked again where this machine is so busy that the caller's clock rings first.
    MultiGetResponse answer =
        await()
            .ignoreExceptions()
            .until(
                () -> cluster.kv(Duration.ofMillis(800)).multiGet(request().build()),
                response -> true);
    for (int i = 0; i < KEYS; i++) {
      if (shardOf(i) == lost) {
        assertEquals(ErrorCode.NO_REPLICA.name(), answer.getResults(i).getError().getReason());
      } else {
        checkKey(i, answer.getResults(i));
      }
    }
  }

  @Test
  void aLostSessionIsTheErrorOfItsKeysAlone() {
    int lost = shardOf(0);
    cluster.servers.forEach(server -> server.failShardWith(lost, ErrorCode.SESSION_LOST));
    MultiGetResponse answer = cluster.kv().multiGet(request().build());
    for (int i = 0; i < KEYS; i++) {
      assertEquals(
          shardOf(i) == lost,
          answer.getResults(i).getError().getReason().equals(ErrorCode.SESSION_LOST.name()));
    }
  }

  @Test
  void aSessionMultiGetSeesWhatItsTokenNames() {
    cluster.server(2).freezeAt(0);
    ReadOptions.Builder session = ReadOptions.newBuilder().setConsistency(Consistency.SESSION);
    for (int i = 0; i < KEYS; i += 2) {
      WriteResponse written = cluster.put("p" + i, "s", "v" + i);
      session.putSessionToken(written.getShard(), written.getPosition());
    }
    check(cluster.kv(Duration.ofSeconds(5)).multiGet(request().setOptions(session).build()));
  }

  @Test
  void anAnswerStopsAddingValuesAtItsLimit() {
    ByteString value = ByteString.copyFrom(new byte[Limits.MAX_VALUE_BYTES]);
    List<Key> keys = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      Key key = key("large" + i, "s");
      keys.add(key);
      cluster
          .kv()
          .put(TestCluster.putRequest("", "", "").toBuilder().setKey(key).setValue(value).build());
    }
    MultiGetResponse answer =
        cluster
            .kv()
            .multiGet(
                MultiGetRequest.newBuilder()
                    .setNamespace(TestCluster.NAMESPACE)
                    .addAllKeys(keys)
                    .build());
    assertEquals(4, answer.getResultsList().stream().filter(KeyResult::hasRecord).count());
    assertEquals(
        3,
        answer.getResultsList().stream()
            .filter(result -> result.getError().getReason().equals(ErrorCode.OVERLOADED.name()))
            .count());
  }

  private static MultiGetRequest.Builder request() {
    MultiGetRequest.Builder request =
        MultiGetRequest.newBuilder().setNamespace(TestCluster.NAMESPACE);
    IntStream.range(0, KEYS).forEach(i -> request.addKeys(key("p" + i, "s")));
    return request;
  }

  private static void check(MultiGetResponse answer) {
    assertEquals(KEYS, answer.getResultsCount());
    for (int i = 0; i < KEYS; i++) {
      checkKey(i, answer.getResults(i));
    }
  }

  private static void checkKey(int i, KeyResult result) {
    if (i % 2 == 0) {
      assertEquals(bytes("v" + i), result.getRecord().getValue(), "key " + i);
    } else {
      assertTrue(result.hasAbsent(), "key " + i + ": " + result);
    }
  }

  private int shardOf(int i) {
    return ShardHash.shard(
        cluster.namespace.getRules().getNamespaceId(),
        bytes("p" + i).toByteArray(),
        TestCluster.SHARDS);
  }
}
