package io.byssus.dispatcher;

import static io.byssus.dispatcher.TestCluster.await;
import static io.byssus.dispatcher.TestCluster.bytes;
import static io.byssus.dispatcher.TestCluster.failure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.internal.v1.ShardScanRequest;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.ScanRecord;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanResponse;
import io.byssus.proto.kv.v1.SortKeyRange;
import io.byssus.proto.kv.v1.WriteBatchRequest;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriteResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scans through a real dispatcher, in pieces of ten records. */
class ScanTest {
  private static final int RECORDS = 100;

  private TestCluster cluster;
  private WriteResponse written;

  @BeforeEach
  void start() throws Exception {
    cluster = new TestCluster(2);
    cluster.servers.forEach(server -> server.scanStreams().pieceRecords(10));
    written = fill("p", 4);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  @Test
  void aScanAnswersAllRecordsInOrderAndItsLastPieceHasNoToken() {
    List<ScanResponse> pieces = pieces(scan());
    assertEquals(all(), names(pieces));
    for (int i = 0; i < pieces.size(); i++) {
      assertEquals(i == pieces.size() - 1, pieces.get(i).getNextPageToken().isEmpty());
      assertEquals(written.getShard(), pieces.get(i).getContext().getShard());
      assertEquals(written.getPosition(), pieces.get(i).getContext().getPosition());
    }
  }

  @Test
  void prefixAndRangeSelect() {
    assertEquals(all().subList(20, 30), names(pieces(scan().setPrefix(bytes("k02")))));
    assertEquals(all().subList(15, 33), names(pieces(scan().setRange(range("k015", "k033")))));
    assertEquals(all().subList(90, 100), names(pieces(scan().setRange(range("k09", "")))));
    assertEquals(all().subList(0, 10), names(pieces(scan().setRange(range("", "k01")))));
    assertEquals(List.of(), names(pieces(scan().setPrefix(bytes("x")))));
    assertEquals(List.of(), names(pieces(scan().setPartitionKey(bytes("nobody")))));
  }

  @Test
  void aPrefixOfHighestBytesHasNoEnd() {
    ByteString high = ByteString.copyFrom(new byte[] {(byte) 0xFF, (byte) 0xFF});
    cluster
        .kv()
        .writeBatch(
            WriteBatchRequest.newBuilder()
                .setNamespace(TestCluster.NAMESPACE)
                .setPartitionKey(bytes("p"))
                .addOperations(
                    WriteOperation.newBuilder().setSortKey(high.concat(bytes("a"))).setPut(high))
                .build());
    List<ScanResponse> pieces = pieces(scan().setPrefix(high));
    assertEquals(1, pieces.stream().mapToInt(ScanResponse::getRecordsCount).sum());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 10, 33, 99, 100, 101})
  void pagesPutTogetherAreTheWhole(int limit) {
    List<String> names = new ArrayList<>();
    ByteString token = ByteString.EMPTY;
    do {
      List<ScanResponse> page =
          pieces(scan().setLimit(limit).setPageToken(token).setPrefix(bytes("k")));
      assertTrue(names(page).size() <= limit);
      names.addAll(names(page));
      token = page.get(page.size() - 1).getNextPageToken();
    } while (!token.isEmpty());
    assertEquals(all(), names);
  }

  @Test
  void aScanGoesOnElsewhereAfterTheLastRecordThatItAnswered() {
    cluster.servers.forEach(server -> server.scanStreams().breakAfter(3));
    // Both break off after three pieces in all; whichever goes on then starts a fresh count.
    CompletableFuture<Void> mend =
        CompletableFuture.runAsync(
            () ->
                await()
                    .until(
                        () -> {
                          cluster.servers.forEach(server -> server.scanStreams().breakAfter(3));
                          return cluster.servers.stream()
                                  .mapToInt(server -> server.scanStreams().piecesSent())
                                  .sum()
                              >= 10;
                        }));
    assertEquals(all(), names(pieces(scan())));
    mend.join();
    List<ShardScanRequest> asked =
        cluster.servers.stream().flatMap(server -> server.scans().stream()).toList();
    assertTrue(asked.size() > 1);
    for (ShardScanRequest request : asked) {
      if (request.getAfterStart()) {
        assertEquals(written.getPosition(), request.getView().getAtLeast());
      }
    }
  }

  @Test
  void aScanOutlivesTheServerThatItBeganOn() throws Exception {
    Iterator<ScanResponse> scan = cluster.kv().scan(scan().build());
    List<ScanResponse> pieces = new ArrayList<>();
    pieces.add(scan.next());
    FakeServer first = cluster.server(cluster.server(1).scans().isEmpty() ? 2 : 1);
    first.kill();
    scan.forEachRemaining(pieces::add);
    assertEquals(all(), names(pieces));
  }

  @Test
  void aServerThatHangsInTheMiddleIsLeft() throws Exception {
    fillLarge("large");
    SlowReader reader = new SlowReader();
    KvServiceGrpc.newStub(cluster.channel())
        .scan(scan().setPartitionKey(bytes("large")).build(), reader);
    reader.take(1);
    await().until(() -> reader.pieces.size() == 1);
    FakeServer first = cluster.server(cluster.server(1).scans().isEmpty() ? 2 : 1);
    first.hang(true);
    reader.take(1_000);
    await().until(reader.ended::isDone);
    reader.ended.join();
    assertEquals(all(), names(reader.pieces));
  }

  @Test
  void aSlowReaderHoldsTheReplicaBack() throws Exception {
    // 100 records of 100 KiB in pieces of one: 10 MB that must not pile up anywhere.
    cluster.servers.forEach(server -> server.scanStreams().pieceRecords(1));
    fillLarge("large");
    SlowReader reader = new SlowReader();
    int before = sent();
    KvServiceGrpc.newStub(cluster.channel())
        .scan(scan().setPartitionKey(bytes("large")).build(), reader);
    reader.take(1);
    await().until(() -> reader.pieces.size() == 1);
    int stalled = awaitStill();
    // What fits into the windows of two connections and the hands of three processes.
    assertTrue(stalled - before < 60, "sent " + (stalled - before) + " of 100 pieces");
    reader.take(1_000);
    await().until(reader.ended::isDone);
    reader.ended.join();
    assertEquals(all(), names(reader.pieces));
    assertEquals(100, sent() - before);
  }

  @Test
  void aReaderThatGoesAwayEndsTheScanAtTheReplica() throws Exception {
    cluster.servers.forEach(server -> server.hang(true));
    SlowReader reader = new SlowReader();
    KvServiceGrpc.newStub(cluster.channel()).scan(scan().build(), reader);
    await().until(() -> cluster.servers.stream().anyMatch(s -> s.calls("scan") > 0));
    reader.cancel();
    await().until(() -> cluster.servers.stream().mapToInt(FakeServer::cancelled).sum() > 0);
  }

  @Test
  void aScanThatNobodyServesFailsBeforeItsDeadlineAndSaysWhy() throws Exception {
    cluster.server(1).failWith(ErrorCode.REPLICA_HALTED);
    cluster.server(2).kill();
    ByssusException error =
        cluster.failureWithin(
            Duration.ofMillis(700), kv -> kv.scan(scan().build()).forEachRemaining(p -> {}));
    assertEquals(ErrorCode.NO_REPLICA, error.code());
    assertTrue(error.getMessage().contains("server-1: REPLICA_HALTED"), error.getMessage());
  }

  @Test
  void aDamagedPageTokenIsRefused() {
    byte[] token = token().toByteArray();
    for (int i = 0; i < token.length; i++) {
      byte[] damaged = token.clone();
      damaged[i] ^= 0x10;
      assertTokenRefused(scan().setPageToken(ByteString.copyFrom(damaged)), "byte " + i);
    }
    assertTokenRefused(
        scan().setPageToken(ByteString.copyFrom(token, 0, token.length - 1)), "short");
  }

  @Test
  void aPageTokenOfAnotherScanIsRefused() {
    ByteString token = token();
    assertEquals(90, names(pieces(scan().setPageToken(token))).size());
    assertTokenRefused(scan().setPageToken(token).setPartitionKey(bytes("q")), "partition key");
    assertTokenRefused(scan().setPageToken(token).setPrefix(bytes("k")), "prefix");
    assertTokenRefused(scan().setPageToken(token).setRange(range("a", "z")), "range");
    cluster.controlPlane.create("elsewhere");
    assertTokenRefused(scan().setPageToken(token).setNamespace("elsewhere"), "namespace");
  }

  @Test
  void aPageTokenOfAnOlderIncarnationMeansALostSession() {
    ByteString token = token();
    cluster.controlPlane.change(
        MapChange.newBuilder()
            .setShard(
                ShardAssignment.newBuilder()
                    .setShard(written.getShard())
                    .setIncarnation(2)
                    .setEpoch(2)
                    .addAllReplicas(TestCluster.ids(cluster.servers)))
            .build());
    await()
        .untilAsserted(
            () ->
                assertEquals(
                    ErrorCode.SESSION_LOST,
                    failure(() -> pieces(scan().setPageToken(token))).code()));
  }

  @Test
  void theNextPageWaitsForThePositionOfTheLast() {
    ByteString token = token();
    cluster.servers.forEach(server -> server.freezeAt(0));
    pieces(scan().setPageToken(token));
    ShardScanRequest last =
        cluster.servers.stream()
            .flatMap(server -> server.scans().stream())
            .filter(ShardScanRequest::getAfterStart)
            .findFirst()
            .orElseThrow();
    assertEquals(written.getPosition(), last.getView().getAtLeast());
    assertEquals(bytes("k009"), last.getStart());
  }

  private ByteString token() {
    List<ScanResponse> page = pieces(scan().setLimit(10));
    return page.get(page.size() - 1).getNextPageToken();
  }

  private void assertTokenRefused(ScanRequest.Builder request, String what) {
    ByssusException error = failure(() -> pieces(request));
    assertEquals(ErrorCode.INVALID_REQUEST, error.code(), what);
    assertEquals("page_token", error.problems().get(0).field(), what);
  }

  private static ScanRequest.Builder scan() {
    return ScanRequest.newBuilder().setNamespace(TestCluster.NAMESPACE).setPartitionKey(bytes("p"));
  }

  private static SortKeyRange range(String start, String end) {
    return SortKeyRange.newBuilder().setStart(bytes(start)).setEnd(bytes(end)).build();
  }

  private List<ScanResponse> pieces(ScanRequest.Builder request) {
    List<ScanResponse> pieces = new ArrayList<>();
    cluster.kv().scan(request.build()).forEachRemaining(pieces::add);
    return pieces;
  }

  private static List<String> names(List<ScanResponse> pieces) {
    return pieces.stream()
        .flatMap(piece -> piece.getRecordsList().stream())
        .map(ScanRecord::getSortKey)
        .map(ByteString::toStringUtf8)
        .toList();
  }

  private static List<String> all() {
    return keys().toList();
  }

  private static Stream<String> keys() {
    return IntStream.range(0, RECORDS).mapToObj(i -> String.format("k%03d", i));
  }

  private int sent() {
    return cluster.servers.stream().mapToInt(server -> server.scanStreams().piecesSent()).sum();
  }

  /** How many pieces have been sent when no more are for a while. */
  private int awaitStill() {
    int[] last = {-1, 0};
    await()
        .until(
            () -> {
              int now = sent();
              last[1] = now == last[0] ? last[1] + 1 : 0;
              last[0] = now;
              return last[1] > 40;
            });
    return last[0];
  }

  private WriteResponse fill(String partitionKey, int valueBytes) {
    WriteBatchRequest.Builder batch =
        WriteBatchRequest.newBuilder()
            .setNamespace(TestCluster.NAMESPACE)
            .setPartitionKey(bytes(partitionKey));
    ByteString value = ByteString.copyFrom(new byte[valueBytes]);
    keys()
        .forEach(
            name ->
                batch.addOperations(
                    WriteOperation.newBuilder().setSortKey(bytes(name)).setPut(value)));
    return cluster.kv().writeBatch(batch.build());
  }

  private void fillLarge(String partitionKey) {
    ByteString value = ByteString.copyFrom(new byte[100 * 1024]);
    keys()
        .forEach(
            name ->
                cluster
                    .kv()
                    .put(
                        TestCluster.putRequest(partitionKey, name, "").toBuilder()
                            .setValue(value)
                            .build()));
  }

  /** Takes pieces only as it is told to. */
  private static final class SlowReader
      implements ClientResponseObserver<ScanRequest, ScanResponse> {
    final List<ScanResponse> pieces = new CopyOnWriteArrayList<>();
    final CompletableFuture<Void> ended = new CompletableFuture<>();
    private ClientCallStreamObserver<ScanRequest> stream;

    void take(int count) {
      stream.request(count);
    }

    void cancel() {
      stream.cancel("enough", null);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ScanRequest> requestStream) {
      stream = requestStream;
      requestStream.disableAutoRequestWithInitial(0);
    }

    @Override
    public void onNext(ScanResponse piece) {
      assertFalse(ended.isDone());
      pieces.add(piece);
    }

    @Override
    public void onError(Throwable failure) {
      ended.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      ended.complete(null);
    }
  }
}
