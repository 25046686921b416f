package io.byssus.dispatcher;

import static io.byssus.dispatcher.StreamClient.put;
import static io.byssus.dispatcher.StreamClient.write;
import static io.byssus.dispatcher.TestCluster.await;
import static io.byssus.dispatcher.TestCluster.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.dispatcher.calls.Stamps;
import io.byssus.model.ErrorCode;
import io.byssus.model.Position;
import io.byssus.proto.kv.v1.Acknowledgement;
import io.byssus.proto.kv.v1.StreamedWrite;
import io.byssus.proto.kv.v1.WriteFailureReason;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriteResult;
import io.byssus.proto.kv.v1.WriteStreamOpen;
import io.byssus.proto.kv.v1.WriteStreamOpened;
import io.byssus.proto.kv.v1.WriteStreamRequest;
import io.byssus.proto.log.v1.Condition;
import io.byssus.proto.log.v1.Increment;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.MustBeAbsent;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams of writes through a real dispatcher into a log in memory. */
class WriteStreamTest {
  private static final ByteString WRITER = ByteString.copyFromUtf8("0123456789abcdef");
  private TestCluster cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = new TestCluster(1);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  @Test
  void anOpenedStreamTellsItsWindowAndAnswersEachWriteOnce() throws Exception {
    StreamClient stream = open();
    WriteStreamOpened opened = stream.opened();
    assertEquals(16_384, opened.getWindowWrites());
    assertEquals(8 << 20, opened.getWindowBytes());
    assertEquals(TestCluster.SHARDS, opened.getShardCount());
    assertEquals(cluster.namespace.getRules().getNamespaceId(), opened.getNamespaceId());
    stream.send(put(1, "de", "a", "1"), put(2, "fr", "b", "2"));
    stream.send(put(7, "de", "a", "3"));
    for (long number : List.of(1L, 2L, 7L)) {
      WriteResult result = stream.result(number);
      assertTrue(result.getResponse().getPosition() != 0, result.toString());
    }
    assertEquals(bytes("3"), cluster.get("de", "a").getRecord().getValue());
    assertEquals(bytes("2"), cluster.get("fr", "b").getRecord().getValue());
    stream.halfClose();
    stream.awaitEnd();
    await().until(() -> streamsOpen() == 0);
  }

  @Test
  void manyWritesComeThroughInTheOrderOfEachRecordAndResultsComeTogether() throws Exception {
    int writes = 12_000;
    int records = 200;
    StreamClient stream = open();
    for (int from = 1; from <= writes; from += 200) {
      WriteStreamRequest.Builder message = WriteStreamRequest.newBuilder();
      for (int i = from; i < from + 200; i++) {
        message.addWrites(put(i, "p" + i % records, "s", Integer.toString(i)));
      }
      int inWindow = from;
      await().until(() -> inWindow - stream.resultsNow() < 3_000);
      stream.send(message.build());
    }
    for (WriteResult result : stream.results(writes)) {
      assertTrue(result.hasResponse(), result.toString());
    }
    for (int record = 0; record < records; record++) {
      int last = writes - records + record;
      last += record == 0 ? records : 0;
      assertEquals(
          bytes(Integer.toString(last)), cluster.get("p" + record, "s").getRecord().getValue());
    }
    assertEquals(writes, cluster.logged());
    assertTrue(stream.messages() < writes / 2, stream.messages() + " messages");
  }

  @Test
  void aWriteOfARecordIsHandedOverWhenTheOneBeforeItIsInTheLog() throws Exception {
    StreamClient stream = open();
    stream.opened();
    cluster.wal.hold();
    stream.send(
        put(1, "de", "a", "1"),
        write(2, "de", operation("a", "2"), operation("b", "2")),
        put(3, "de", "b", "3"),
        put(4, "de", "c", "4"));
    await().until(() -> cluster.logged() == 2);
    cluster.wal.release();
    int shard = stream.results(4).get(0).getResponse().getShard();
    List<String> order =
        cluster.log(shard).stream()
            .map(record -> record.getWrite().getOperations(0).getPut().toStringUtf8())
            .toList();
    assertEquals(List.of("1", "4", "2", "3"), order);
  }

  @Test
  void aStampedStreamsStampsGoIntoTheLogAsTheyAre() throws Exception {
    StreamClient stream =
        StreamClient.open(
            cluster.channel(),
            WriteStreamOpen.newBuilder()
                .setNamespace(TestCluster.NAMESPACE)
                .setWriterId(WRITER)
                .setNamespaceId(cluster.namespace.getRules().getNamespaceId()));
    long acceptUntil = cluster.now() + 300_000;
    StreamedWrite.Builder first =
        put(1, "de", "a", "1").setSequence(5).setLowestOpen(4).setAcceptUntilMs(acceptUntil);
    StreamedWrite.Builder late =
        put(2, "de", "b", "1").setSequence(6).setLowestOpen(4).setAcceptUntilMs(cluster.now());
    stream.send(first, late);
    int shard = stream.result(1).getResponse().getShard();
    assertEquals(ErrorCode.WRITE_EXPIRED.name(), stream.result(2).getError().getReason());
    LogRecord logged = cluster.log(shard).get(0);
    assertEquals(
        io.byssus.proto.kv.v1.WriterStamp.newBuilder()
            .setWriterId(WRITER)
            .setSequence(5)
            .setLowestOpen(4)
            .setAcceptUntilMs(acceptUntil)
            .build(),
        Stamps.toCaller(logged.getStamp()));
    // The same stamp on another stream: the shard takes it once.
    stream.send(first.setNumber(3));
    assertTrue(stream.result(3).hasResponse());
  }

  @Test
  void goodAndBadWritesOfOneMessageEachGetTheirOwnResult() throws Exception {
    Condition absent = Condition.newBuilder().setAbsent(MustBeAbsent.getDefaultInstance()).build();
    StreamClient stream = open();
    stream.send(
        put(1, "de", "a", "1"),
        write(2, "de"),
        write(3, "de", operation("a", "2").setCondition(absent)),
        write(
            4, "fr", WriteOperation.newBuilder().setIncrement(Increment.newBuilder().setDelta(4))),
        put(5, "", "a", "1"),
        write(6, "de", operation("b", "6").setVersion(3)));
    assertTrue(stream.result(1).getResponse().getVersion() == 0, "only logged");
    assertInvalid("operations", stream.result(2));
    assertEquals(
        WriteFailureReason.CONDITION_NOT_MET,
        stream.result(3).getResponse().getFailure().getReason());
    assertEquals(List.of(4L), stream.result(4).getResponse().getSumsList());
    assertInvalid("partition_key", stream.result(5));
    assertInvalid("operations[0].version", stream.result(6));
    assertEquals(0, bytesInHand());
  }

  @Test
  void anAppliedStreamIsAnsweredWhenAReplicaShowsTheWrite() throws Exception {
    StreamClient stream =
        StreamClient.open(cluster.channel(), plain().setAcknowledgement(Acknowledgement.APPLIED));
    cluster.server(1).freezeAt(0);
    stream.send(put(1, "de", "a", "1"));
    await().until(() -> cluster.server(1).calls("awaitApplied") > 0);
    assertEquals(0, stream.resultsNow());
    cluster.server(1).thaw();
    WriteResult result = stream.result(1);
    assertEquals(result.getResponse().getPosition(), result.getResponse().getVersion());
  }

  @Test
  void aCallerThatReadsNoResultsIsHeldBackAndCostsNoMoreThanItsWindow() throws Exception {
    // The connection itself holds little, so that what waits, waits in the dispatcher.
    ManagedChannel narrow =
        NettyChannelBuilder.forTarget("dns:///" + cluster.dispatcher.address())
            .usePlaintext()
            .flowControlWindow(64 << 10)
            .build();
    StreamClient told = open();
    int window = told.opened().getWindowWrites();
    told.halfClose();
    told.awaitEnd();
    StreamClient stream = StreamClient.unread(narrow, plain());
    int writes = 80_000;
    String value = "v".repeat(100);
    for (int from = 1; from <= writes; from += 100) {
      WriteStreamRequest.Builder message = WriteStreamRequest.newBuilder();
      for (int i = from; i < from + 100; i++) {
        message.addWrites(put(i, "p" + i, "s", value));
      }
      stream.send(message.build());
    }
    // What fits into the window, and what gRPC takes of the results before it says stop.
    await().until(() -> cluster.logged() >= window);
    long logged = awaitStill();
    assertTrue(logged < writes / 2, logged + " writes were taken");
    stream.read(Integer.MAX_VALUE);
    assertEquals(writes, stream.results(writes).size());
    await().until(() -> bytesInHand() == 0);
    narrow.shutdownNow();
  }

  /** How many writes the log has when it has not taken any for a while. */
  private long awaitStill() {
    long[] seen = {-1, 0};
    await()
        .until(
            () -> {
              long now = cluster.logged();
              seen[1] = now == seen[0] ? seen[1] + 1 : 0;
              seen[0] = now;
              return seen[1] > 100;
            });
    return seen[0];
  }

  @Test
  void aStreamWhoseLogDoesNotAnswerTakesNoMoreThanItsWindow() throws Exception {
    StreamClient stream = open();
    long window = stream.opened().getWindowBytes();
    cluster.wal.hold();
    byte[] value = new byte[1 << 20];
    for (int i = 1; i <= 20; i++) {
      stream.send(
          write(i, "p" + i, WriteOperation.newBuilder().setPut(ByteString.copyFrom(value))));
    }
    await().until(() -> cluster.logged() >= 8);
    assertTrue(awaitStill() <= 9, cluster.logged() + " writes of 1 MiB were taken");
    assertTrue(bytesInHand() <= window + (2 << 20));
    cluster.wal.release();
    stream.results(20);
  }

  @Test
  void aBrokenStreamFreesWhatItHeldAndItsSequencesCloseWithTheLog() throws Exception {
    StreamClient stream = open();
    stream.opened();
    cluster.wal.hold();
    stream.send(put(1, "de", "a", "1"), put(2, "de", "a", "2"), put(3, "de", "b", "3"));
    await().until(() -> cluster.logged() == 2);
    stream.cancel();
    await().until(() -> streamsOpen() == 0);
    assertEquals(0, bytesInHand());
    cluster.wal.release();
    int shard = cluster.put("de", "c", "").getShard();
    List<LogRecord> log = cluster.log(shard);
    assertEquals(3, log.size(), "the second write of the record was never handed over");
    assertEquals(3, log.get(2).getStamp().getLowestOpen(), "both sequences are closed");
  }

  @Test
  void writesThatTheLogDoesNotTakeAreCertainlyNotWritten() throws Exception {
    StreamClient stream = open();
    stream.opened();
    cluster.wal.setAvailable(false);
    stream.send(put(1, "de", "a", "1"), put(2, "de", "a", "2"));
    WriteResult refused = stream.result(2);
    assertEquals(ErrorCode.LOG_UNAVAILABLE.name(), refused.getError().getReason());
    assertTrue(refused.getError().getRetryAfterMs() > 0);
    cluster.wal.setAvailable(true);
    stream.send(put(3, "de", "a", "3"));
    assertTrue(stream.result(3).hasResponse());
  }

  @Test
  void aStreamThatIsNotOpenedAsItShouldIsRefused() throws Exception {
    StreamClient unknown =
        StreamClient.open(cluster.channel(), WriteStreamOpen.newBuilder().setNamespace("nn"));
    assertEquals(ErrorCode.NAMESPACE_NOT_FOUND, unknown.failure().code());
    StreamClient bad = StreamClient.open(cluster.channel(), plain().setWriterId(WRITER));
    assertEquals("open.namespace_id", bad.failure().problems().get(0).field());
    StreamClient other = StreamClient.open(cluster.channel(), plain().setNamespaceId(99));
    assertEquals(ErrorCode.NAMESPACE_CHANGED, other.failure().code());

    StreamClient twice = open();
    twice.send(WriteStreamRequest.newBuilder().setOpen(plain()).build());
    assertEquals("open", twice.failure().problems().get(0).field());
    StreamClient backwards = open();
    backwards.send(put(2, "de", "a", ""), put(2, "de", "b", ""));
    assertEquals("writes.number", backwards.failure().problems().get(0).field());
    await().until(() -> streamsOpen() == 0);
  }

  @Test
  void aStoppingDispatcherAnswersWhatIsUnderWayAndThenEndsTheStream() throws Exception {
    StreamClient stream = open();
    stream.opened();
    cluster.wal.hold();
    stream.send(put(1, "de", "a", "1"));
    await().until(() -> cluster.logged() == 1);
    Thread stopping = new Thread(cluster.dispatcher::close);
    stopping.start();
    assertFalse(stream.resultsNow() > 0);
    cluster.wal.release();
    assertTrue(stream.result(1).hasResponse());
    assertEquals(ErrorCode.SHUTTING_DOWN, stream.failure().code());
    stopping.join();
  }

  @Test
  void aStreamOfADeletedNamespaceIsToldSoWriteByWrite() throws Exception {
    StreamClient stream = open();
    stream.send(put(1, "de", "a", "1"));
    assertEquals(Position.pack(1, 0), stream.result(1).getResponse().getPosition());
    cluster.controlPlane.delete(TestCluster.NAMESPACE);
    List<String> reasons = new ArrayList<>();
    long[] number = {1};
    await()
        .until(
            () -> {
              stream.send(put(++number[0], "de", "a", "2"));
              reasons.add(stream.result(number[0]).getError().getReason());
              return reasons.contains(ErrorCode.NAMESPACE_NOT_FOUND.name());
            });
  }

  private StreamClient open() {
    return StreamClient.open(cluster.channel(), plain());
  }

  private static WriteStreamOpen.Builder plain() {
    return WriteStreamOpen.newBuilder().setNamespace(TestCluster.NAMESPACE);
  }

  private static WriteOperation.Builder operation(String sortKey, String value) {
    return WriteOperation.newBuilder().setSortKey(bytes(sortKey)).setPut(bytes(value));
  }

  private static void assertInvalid(String field, WriteResult result) {
    assertEquals(ErrorCode.INVALID_REQUEST.name(), result.getError().getReason());
    assertTrue(result.getError().getMessage().startsWith(field + " "), result.toString());
  }

  private double bytesInHand() throws Exception {
    return TestCluster.metric(cluster.dispatcher, "byssus_dispatcher_writes_bytes");
  }

  private double streamsOpen() throws Exception {
    return TestCluster.metric(cluster.dispatcher, "byssus_dispatcher_streams_open");
  }
}
