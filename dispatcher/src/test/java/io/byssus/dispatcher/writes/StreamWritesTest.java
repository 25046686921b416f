package io.byssus.dispatcher.writes;

import static io.byssus.dispatcher.StreamClient.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.clustermap.ClusterImage;
import io.byssus.dispatcher.TestCluster;
import io.byssus.dispatcher.calls.DispatcherMetrics;
import io.byssus.dispatcher.calls.NamespaceResolver;
import io.byssus.dispatcher.calls.TestHooks;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import io.byssus.proto.internal.v1.ClusterMap;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.kv.v1.StreamedWrite;
import io.byssus.proto.kv.v1.WriteResult;
import io.byssus.proto.kv.v1.WriteStreamOpen;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.wal.LogHost;
import io.byssus.wal.Wal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The writes of a stream without a network, over a log that answers when the test says so. */
class StreamWritesTest {
  private static final int SHARDS = 2;

  private final AtomicLong nanos = new AtomicLong();
  private final SlowLog log = new SlowLog();
  private final StreamCaller caller = new StreamCaller();
  private final RulesAnnouncer announcer = new RulesAnnouncer();
  private final DispatcherWriter writer = new DispatcherWriter(new Random(1), Clock.systemUTC());
  private boolean rejecting;
  private StreamWrites writes;

  @BeforeEach
  void open() {
    ClusterImage image = image();
    DispatcherMetrics metrics = new DispatcherMetrics(new SimpleMeterRegistry());
    LogHost logHost = new LogHost(cluster -> log);
    logHost.follow(TestCluster.cluster());
    WriteParts parts =
        new WriteParts(
            new NamespaceResolver(
                () -> image,
                (test, limit) -> Optional.empty(),
                (name, limit) -> false,
                Runnable::run),
            new WriteRouter(() -> image, shard -> false, announcer, metrics),
            new WriteBudget(1 << 30),
            writer,
            new LogAppender(logHost, announcer, Clock.systemUTC(), metrics),
            new AppliedQuestions((shard, position, stamps, deadline) -> new CompletableFuture<>()),
            new WriteAnswers(Clock.systemUTC()),
            Clock.systemUTC(),
            nanos::get,
            this::handOver,
            Runnable::run,
            TestHooks.NONE);
    WriteStreamOpen open = WriteStreamOpen.newBuilder().setNamespace("n").build();
    StreamResults results = new StreamResults(caller, Runnable::run, (count, bytes) -> {});
    caller.setOnReadyHandler(results::send);
    writes = new StreamWrites(parts, open, 1, results);
  }

  @Test
  void afterAWriteOfUnknownFateTheNextOfItsRecordWaitsUntilNoStampCanLetThatOneApply() {
    take(put(1, "p", "other", "1"), put(2, "p", "a", "lost"), put(3, "p", "a", "next"));
    assertEquals(2, log.records.size(), "the third waits for the second");
    log.fail(1, ErrorCode.INDETERMINATE);
    assertEquals(ErrorCode.INDETERMINATE.name(), result(2).getError().getReason());
    // The first is open still, so that a stamp of now could not tell the second's copy to be late.
    assertEquals(2, log.records.size());
    log.answer(0);
    assertEquals(3, log.records.size());
    LogRecord next = log.records.get(2);
    assertTrue(
        next.getStamp().getLowestOpen() > log.records.get(1).getStamp().getSequence(),
        next.getStamp().toString());
    log.answer(2);
    assertTrue(result(3).hasResponse());
    assertEquals(0, writes.records());
  }

  @Test
  void afterAWriteThatIsCertainlyNotInTheLogTheNextGoesAtOnce() {
    take(put(1, "p", "other", "1"), put(2, "p", "a", "no"), put(3, "p", "a", "next"));
    log.fail(1, ErrorCode.LOG_UNAVAILABLE);
    assertEquals(3, log.records.size());
  }

  @Test
  void whatTakesTooLongIsIndeterminateWhereItWasHandedOverAndElseCertainlyNotWritten() {
    take(put(1, "p", "a", "1"), put(2, "p", "a", "2"));
    nanos.set(StreamWrites.LIMIT.toNanos() - 1);
    writes.sweep();
    assertEquals(0, caller.results().size());
    take(put(3, "q", "b", "3"));
    nanos.set(StreamWrites.LIMIT.toNanos());
    writes.sweep();
    assertEquals(ErrorCode.INDETERMINATE.name(), result(1).getError().getReason());
    assertEquals(ErrorCode.LOG_UNAVAILABLE.name(), result(2).getError().getReason());
    assertEquals(2, caller.results().size(), "the third has time left");

    log.answer(0);
    assertEquals(2, log.records.size(), "what was given up is never handed over");
    take(put(4, "p", "a", "4"));
    assertEquals(3, log.records.size(), "the record's line is free again");
    log.answer(1);
    log.answer(2);
    assertTrue(result(3).hasResponse());
    assertTrue(result(4).hasResponse());
    assertEquals(4, caller.results().size(), "each has one result");
    assertEquals(0, writes.records());
  }

  @Test
  void resultsThatTheCallerDoesNotTakeComeTogetherWhenItDoes() {
    caller.ready = false;
    take(put(1, "p", "a", "1"), put(2, "q", "b", "2"), put(3, "r", "c", "3"));
    for (int i = 0; i < 3; i++) {
      log.answer(i);
    }
    assertEquals(0, caller.messages.size());
    caller.becomeReady();
    take(put(4, "s", "d", "4"));
    log.answer(3);
    assertEquals(2, caller.messages.size());
    assertEquals(3, caller.messages.get(0).getResultsCount());
  }

  @Test
  void aDroppedStreamHandsNothingOverAndClosesItsSequences() {
    take(put(1, "p", "a", "1"), put(2, "p", "a", "2"));
    writes.drop();
    log.answer(0);
    take(put(3, "p", "c", "3"));
    assertEquals(1, log.records.size());
    assertEquals(0, caller.results().size());
  }

  @Test
  void aSlotThatIsGrantedWhileTheStreamIsDroppedIsClosed() {
    List<DispatcherWriter.Slot> others = new ArrayList<>();
    for (int i = 0; i < Limits.WRITER_WINDOW; i++) {
      others.add(writer.open(0).join());
    }
    // One after the other, until one has come into the log and one waits for the full window.
    for (int i = 1; log.records.isEmpty() || writer.waiting() == 0; i++) {
      take(put(i, "p" + i, "a", "1"));
    }
    String free = log.records.get(0).getWrite().getPartitionKey().toStringUtf8();
    log.onAppend =
        () -> {
          others.get(0).close();
          writes.drop();
        };
    take(put(100, free, "b", "2"));
    others.forEach(DispatcherWriter.Slot::close);
    WriterStamp next = writer.open(0).join().stamp();
    assertEquals(next.getSequence(), next.getLowestOpen(), "nothing below is open");
  }

  @Test
  void aLineOfWritesThatMayNotBeHandedOverFailsWholeHoweverLongItIs() {
    int line = 20_000;
    for (int i = 0; i < line; i++) {
      take(put(i, "p", "a", "1"));
    }
    rejecting = true;
    log.answer(0);
    assertTrue(result(0).hasResponse());
    assertEquals(
        line - 1,
        caller.results().stream()
            .filter(result -> result.getError().getReason().equals(ErrorCode.OVERLOADED.name()))
            .count());
    assertEquals(line, caller.results().size());
    assertEquals(0, writes.records());
  }

  private void handOver(Runnable round) {
    if (rejecting) {
      throw new RejectedExecutionException("as the test wants it");
    }
    round.run();
  }

  private void take(StreamedWrite.Builder... message) {
    writes.take(Arrays.stream(message).map(StreamedWrite.Builder::build).toList());
  }

  private WriteResult result(long number) {
    return caller.results().stream()
        .filter(result -> result.getNumber() == number)
        .findFirst()
        .orElseThrow();
  }

  private static ClusterImage image() {
    ClusterMap.Builder map =
        ClusterMap.newBuilder()
            .setRevision(1)
            .setCluster(TestCluster.cluster().toBuilder().setShardCount(SHARDS))
            .addNamespaces(
                NamespaceEntry.newBuilder()
                    .setRules(
                        NamespaceRules.newBuilder()
                            .setNamespaceId(1)
                            .setVersion(1)
                            .setName("n")
                            .setConflictRule(ConflictRule.LOG_ORDER)));
    for (int shard = 0; shard < SHARDS; shard++) {
      map.addShards(ShardAssignment.newBuilder().setShard(shard).setIncarnation(1));
    }
    return ClusterImage.of(map.build());
  }

  /** A log that answers for a record when it is told to. */
  private static final class SlowLog implements Wal {
    private final List<LogRecord> records = new ArrayList<>();
    private final List<CompletableFuture<Long>> answers = new ArrayList<>();
    private Runnable onAppend = () -> {};

    @Override
    public CompletableFuture<Long> append(int shard, LogRecord record) {
      CompletableFuture<Long> answer = new CompletableFuture<>();
      records.add(record);
      answers.add(answer);
      onAppend.run();
      return answer;
    }

    void answer(int index) {
      answers.get(index).complete((long) index);
    }

    void fail(int index, ErrorCode code) {
      answers.get(index).completeExceptionally(new ByssusException(code, "as the test wants it"));
    }

    @Override
    public CompletableFuture<Void> firstLook() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {}
  }
}
