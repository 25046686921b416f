package io.byssus.dispatcher;

import static io.byssus.dispatcher.TestCluster.bytes;
import static io.byssus.dispatcher.TestCluster.failure;
import static io.byssus.dispatcher.TestCluster.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.ListVersionsRequest;
import io.byssus.proto.kv.v1.ListVersionsResponse;
import io.byssus.proto.kv.v1.NamespaceRecord;
import io.byssus.proto.kv.v1.RecordVersion;
import io.byssus.proto.kv.v1.ScanRecord;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanResponse;
import io.byssus.proto.kv.v1.ScanShardRequest;
import io.byssus.proto.kv.v1.ScanShardResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Reverse scans, scans of shards and lists of versions, page by page. */
class PagesTest {
  private TestCluster cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = new TestCluster(2);
    cluster.servers.forEach(server -> server.scanStreams().pieceRecords(4));
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  @Test
  void aReverseScanAnswersFromTheEndDownAndItsPagesAreTheWhole() {
    List<String> names = fillPartition();
    List<String> reversed = new ArrayList<>(names.subList(5, 25));
    Collections.reverse(reversed);
    for (int limit : new int[] {0, 1, 4, 7, 19, 20, 21}) {
      List<String> read = new ArrayList<>();
      ByteString token = ByteString.EMPTY;
      do {
        List<ScanResponse> page = scan(reverse().setLimit(limit).setPageToken(token));
        page.forEach(
            piece ->
                piece.getRecordsList().stream()
                    .map(ScanRecord::getSortKey)
                    .map(ByteString::toStringUtf8)
                    .forEach(read::add));
        token = page.get(page.size() - 1).getNextPageToken();
      } while (!token.isEmpty());
      assertEquals(reversed, read, "limit " + limit);
    }
  }

  @Test
  void aReverseScanGoesOnAtAnotherServerWhereItsOwnBreaksOff() {
    List<String> names = fillPartition();
    // Five pieces are needed, and each server has three.
    cluster.servers.forEach(server -> server.scanStreams().breakAfter(3));
    List<String> read =
        scan(reverse()).stream()
            .flatMap(piece -> piece.getRecordsList().stream())
            .map(record -> record.getSortKey().toStringUtf8())
            .toList();
    List<String> reversed = new ArrayList<>(names.subList(5, 25));
    Collections.reverse(reversed);
    assertEquals(reversed, read);
    cluster.servers.forEach(server -> assertTrue(server.calls("scan") > 0));
  }

  @Test
  void aPageTokenIsGoodForItsOwnDirectionOnly() {
    fillPartition();
    List<ScanResponse> page = scan(reverse().setLimit(3));
    ByteString token = page.get(page.size() - 1).getNextPageToken();
    refused("page_token", () -> scan(reverse().setReverse(false).setPageToken(token)));
    refused("page_token", () -> shard(shardScan(0).setPageToken(token)));
  }

  @Test
  void theShardsTogetherHoldTheNamespaceAndPagesGoOnAtAnotherServer() throws Exception {
    Set<Key> written = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      cluster.put("p" + i / 3, "s" + i, "v" + i);
      written.add(key("p" + i / 3, "s" + i));
    }
    List<Key> read = new ArrayList<>();
    List<ByteString> tokens = new ArrayList<>();
    for (int shard = 0; shard < TestCluster.SHARDS; shard++) {
      tokens.add(takePage(shard, ByteString.EMPTY, read));
    }
    cluster.server(1).kill();
    for (int shard = 0; shard < TestCluster.SHARDS; shard++) {
      ByteString token = tokens.get(shard);
      while (!token.isEmpty()) {
        token = takePage(shard, token, read);
      }
    }
    assertEquals(60, read.size());
    assertEquals(written, new HashSet<>(read));
  }

  @Test
  void theNextPageOfAShardWaitsForThePositionOfTheLast() {
    for (int i = 0; i < 40; i++) {
      cluster.put("p" + i, "s", "v");
    }
    ByteString token = takePage(1, ByteString.EMPTY, new ArrayList<>());
    assertFalse(token.isEmpty());
    cluster.servers.forEach(server -> server.views().clear());
    takePage(1, token, new ArrayList<>());
    assertTrue(
        cluster.servers.stream()
            .flatMap(server -> server.views().stream())
            .allMatch(view -> view.getAtLeast() != 0));
  }

  @Test
  void aShardThatIsNoneAndATokenOfAnotherShardAreRefused() {
    for (int i = 0; i < 40; i++) {
      cluster.put("p" + i, "s", "v");
    }
    refused("shard", () -> shard(shardScan(TestCluster.SHARDS)));
    refused("shard", () -> shard(shardScan(-1)));
    ByteString token = takePage(0, ByteString.EMPTY, new ArrayList<>());
    refused("page_token", () -> shard(shardScan(1).setPageToken(token)));
    refused("page_token", () -> shard(shardScan(0).setPageToken(bytes("rubbish"))));
  }

  @Test
  void versionsAreListedInBothOrdersAndPagesAreTheWhole() {
    List<Long> written =
        IntStream.range(0, 9).mapToObj(i -> cluster.put("p", "s", "v" + i).getPosition()).toList();
    List<Long> newestFirst = new ArrayList<>(written);
    Collections.reverse(newestFirst);
    for (int limit : new int[] {0, 1, 4, 8, 9}) {
      assertEquals(newestFirst, versions(list().setLimit(limit)), "limit " + limit);
      assertEquals(
          written, versions(list().setLimit(limit).setOldestFirst(true)), "limit " + limit);
      assertEquals(
          written.subList(2, 7),
          versions(
              list()
                  .setLimit(limit)
                  .setOldestFirst(true)
                  .setFromVersion(written.get(2))
                  .setToVersion(written.get(6))));
    }
    ByteString token = cluster.kv().listVersions(list().setLimit(2).build()).getNextPageToken();
    refused(
        "page_token",
        () -> cluster.kv().listVersions(list().setOldestFirst(true).setPageToken(token).build()));
    refused(
        "page_token",
        () ->
            cluster
                .kv()
                .listVersions(list().setKey(key("p", "other")).setPageToken(token).build()));
  }

  @Test
  void aGetAtAVersionReadsTheNewestThatIsNotAboveIt() {
    long first = cluster.put("p", "s", "old").getPosition();
    long second = cluster.put("p", "s", "new").getPosition();
    assertEquals("new", valueAt(0));
    assertEquals("new", valueAt(second));
    assertEquals("old", valueAt(second - 1));
    assertEquals("old", valueAt(first));
    assertEquals("", valueAt(first - 1));
  }

  private String valueAt(long version) {
    return cluster
        .kv()
        .get(TestCluster.getRequest("p", "s").toBuilder().setAtVersion(version).build())
        .getRecord()
        .getValue()
        .toStringUtf8();
  }

  private List<String> fillPartition() {
    List<String> names = IntStream.range(0, 30).mapToObj(i -> String.format("k%02d", i)).toList();
    names.forEach(name -> cluster.put("p", name, "v"));
    return names;
  }

  private static ScanRequest.Builder reverse() {
    ScanRequest.Builder request =
        ScanRequest.newBuilder()
            .setNamespace(TestCluster.NAMESPACE)
            .setPartitionKey(bytes("p"))
            .setReverse(true);
    request.getRangeBuilder().setStart(bytes("k05")).setEnd(bytes("k25"));
    return request;
  }

  private List<ScanResponse> scan(ScanRequest.Builder request) {
    List<ScanResponse> pieces = new ArrayList<>();
    cluster.kv().scan(request.build()).forEachRemaining(pieces::add);
    return pieces;
  }

  private static ScanShardRequest.Builder shardScan(int shard) {
    return ScanShardRequest.newBuilder().setNamespace(TestCluster.NAMESPACE).setShard(shard);
  }

  private List<ScanShardResponse> shard(ScanShardRequest.Builder request) {
    List<ScanShardResponse> pieces = new ArrayList<>();
    cluster.kv().scanShard(request.build()).forEachRemaining(pieces::add);
    return pieces;
  }

  /** Reads one page of five records; returns the token of the next. */
  private ByteString takePage(int shard, ByteString token, List<Key> keys) {
    List<ScanShardResponse> page = shard(shardScan(shard).setLimit(5).setPageToken(token));
    page.forEach(
        piece -> piece.getRecordsList().stream().map(NamespaceRecord::getKey).forEach(keys::add));
    return page.get(page.size() - 1).getNextPageToken();
  }

  private static ListVersionsRequest.Builder list() {
    return ListVersionsRequest.newBuilder()
        .setNamespace(TestCluster.NAMESPACE)
        .setKey(key("p", "s"));
  }

  private List<Long> versions(ListVersionsRequest.Builder request) {
    List<Long> versions = new ArrayList<>();
    ByteString token = ByteString.EMPTY;
    do {
      ListVersionsResponse page =
          cluster.kv().listVersions(request.clone().setPageToken(token).build());
      page.getVersionsList().stream().map(RecordVersion::getVersion).forEach(versions::add);
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return versions;
  }

  private static void refused(String field, Executable call) {
    ByssusException error = failure(call);
    assertEquals(ErrorCode.INVALID_REQUEST, error.code());
    assertEquals(field, error.problems().get(0).field());
  }
}
