package io.byssus.dispatcher.reads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.clustermap.replicas.ReadLevel;
import io.byssus.dispatcher.TestCluster;
import io.byssus.dispatcher.calls.CallDeadline;
import io.byssus.dispatcher.calls.DispatcherMetrics;
import io.byssus.model.Position;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.Criticality;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.proto.kv.v1.Record;
import io.byssus.testkit.Seed;
import io.grpc.Context;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Random reads of one record at every level, with writes, lagging replicas, memory and callers that
 * go away between them, on a clock of the test's own: each answer must keep what its level
 * promises. The record's value is the offset of the last write.
 */
class SharedReadsModelTest {
  private static final RecordQuestion QUESTION =
      new RecordQuestion(1, 0, TestCluster.key("p", "s"), 0);
  private static final int RUNS = 300;
  private static final int STEPS = 200;

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  @Test
  void everyAnswerKeepsWhatItsLevelPromises() {
    Seed seed = Seed.of("SharedReadsModelTest");
    int shared = 0;
    int remembered = 0;
    for (int run = 0; run < RUNS; run++) {
      Run each = new Run(seed.part(run).random());
      each.go("seed " + seed.value() + " run " + run);
      shared += each.shared();
      remembered += each.remembered;
    }
    // A run in which nothing is shared would show nothing.
    assertTrue(
        shared > RUNS && remembered > RUNS, shared + " shared, " + remembered + " remembered");
  }

  /** What a replica was asked and has not answered yet. */
  private record Asked(
      ReadLevel level, long atLeast, Context context, CompletableFuture<GetResponse> answer) {}

  /** A read that was begun. */
  private record Begun(
      ReadLevel level,
      long atLeast,
      long atMicros,
      long ackedThen,
      Context.CancellableContext context,
      CompletableFuture<GetResponse> answer) {}

  private final class Run {
    private final RandomGenerator random;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final TreeMap<Long, Long> lastWriteByMicros = new TreeMap<>();
    private final List<Asked> questions = new ArrayList<>();
    private final List<Begun> reads = new ArrayList<>();
    private final long cacheMs;
    private final HotRecords hot;
    private final SharedReads sharedReads;
    private long nowMicros = 1_000_000_000L;
    private long written;
    private int remembered;
    private String where = "";

    Run(RandomGenerator random) {
      this.random = random;
      this.cacheMs = random.nextBoolean() ? 0 : 1 + random.nextInt(200);
      this.hot = new HotRecords(1 << 20, this::nanos, Clock.systemUTC(), false);
      this.sharedReads =
          new SharedReads(
              this::ask,
              new ReplicaCall.Tools(timer, this::nanos, new DispatcherMetrics(registry)),
              hot);
      write();
    }

    private long nanos() {
      return 1_000 * nowMicros;
    }

    int shared() {
      return (int) registry.get("byssus.dispatcher.reads.shared").counter().count();
    }

    void go(String name) {
      for (int step = 0; step < STEPS; step++) {
        where = name + " step " + step;
        // No two things happen at one moment.
        nowMicros++;
        switch (random.nextInt(8)) {
          case 0 -> nowMicros += random.nextInt(40_000);
          case 1 -> write();
          case 2, 3, 4 -> begin();
          case 5, 6 -> answerOne();
          default -> cancelOne();
        }
      }
      while (!questions.isEmpty()) {
        answerOne();
      }
      assertTrue(reads.stream().allMatch(read -> read.answer.isDone()), where);
      assertEquals(0, sharedReads.underWay(), where);
    }

    private void write() {
      written++;
      lastWriteByMicros.put(nowMicros, written);
    }

    private void begin() {
      ReadLevel level = level();
      long atLeast =
          level.consistency() == Consistency.SESSION && random.nextBoolean()
              ? Position.pack(1, random.nextLong(written + 1))
              : Position.NONE;
      Context.CancellableContext context = Context.ROOT.withCancellation();
      CompletableFuture<GetResponse> answer = new CompletableFuture<>();
      Begun read = new Begun(level, atLeast, nowMicros, written, context, answer);
      reads.add(read);
      Optional<GetResponse> known = hot.find(QUESTION, level, atLeast, 1);
      if (known.isPresent()) {
        remembered++;
        check(read, known.get());
        answer.complete(known.get());
        return;
      }
      CallDeadline deadline = CallDeadline.after(Duration.ofDays(1), this::nanos);
      context.run(
          () ->
              sharedReads
                  .get(QUESTION, level, atLeast, deadline)
                  .whenComplete(
                      (response, failure) -> {
                        if (failure == null) {
                          check(read, response);
                        } else {
                          assertTrue(context.isCancelled(), () -> where + ": " + failure);
                        }
                        answer.complete(response);
                      }));
    }

    private ReadLevel level() {
      Consistency consistency =
          List.of(
                  Consistency.EVENTUAL,
                  Consistency.SESSION,
                  Consistency.BOUNDED,
                  Consistency.LINEARIZABLE)
              .get(random.nextInt(4));
      return new ReadLevel(
          consistency,
          consistency == Consistency.BOUNDED ? 1 + random.nextInt(300) : 0,
          0,
          cacheMs,
          Criticality.CRITICALITY_UNSPECIFIED);
    }

    private CompletableFuture<GetResponse> ask(
        RecordQuestion question, ReadLevel level, long atLeast, CallDeadline deadline) {
      Asked asked = new Asked(level, atLeast, Context.current(), new CompletableFuture<>());
      // What a replica reads first is as of now; most read later.
      if (random.nextInt(3) == 0) {
        GetResponse early = read(asked);
        questions.add(new Asked(level, atLeast, asked.context, asked.answer.newIncompleteFuture()));
        Asked last = questions.get(questions.size() - 1);
        last.answer.whenComplete((value, failure) -> asked.answer.complete(early));
      } else {
        questions.add(asked);
      }
      return asked.answer;
    }

    private void answerOne() {
      if (!questions.isEmpty()) {
        Asked asked = questions.remove(random.nextInt(questions.size()));
        if (asked.context.isCancelled()) {
          asked.answer.completeExceptionally(new IllegalStateException("cancelled"));
        } else {
          asked.answer.complete(read(asked));
        }
      }
    }

    /** What a replica may answer now: as old as the level lets it be. */
    private GetResponse read(Asked asked) {
      long staleMs =
          switch (asked.level.consistency()) {
            case LINEARIZABLE -> 0;
            case BOUNDED -> random.nextLong(asked.level.maxStalenessMs() + 1);
            default -> random.nextLong(500);
          };
      long seen =
          Math.max(writtenBy(nowMicros - 1_000 * staleMs), asked.atLeast & Position.MAX_OFFSET);
      long ceiling = seen + random.nextLong(written - seen + 1);
      boolean promised = asked.level.consistency() == Consistency.BOUNDED;
      return GetResponse.newBuilder()
          .setRecord(Record.newBuilder().setVersion(seen))
          .setContext(
              ReadContext.newBuilder()
                  .setSeenPosition(Position.pack(1, seen))
                  .setPosition(Position.pack(1, ceiling))
                  // Only with BOUNDED is the age worth anything.
                  .setAgeMs(promised ? staleMs : 0))
          .build();
    }

    private void cancelOne() {
      if (!reads.isEmpty()) {
        reads.get(random.nextInt(reads.size())).context.cancel(null);
      }
    }

    private void check(Begun read, GetResponse response) {
      long value = response.getRecord().getVersion();
      switch (read.level.consistency()) {
        case LINEARIZABLE -> assertTrue(value >= read.ackedThen, where);
        case SESSION -> assertTrue(value >= (read.atLeast & Position.MAX_OFFSET), where);
        case BOUNDED -> {
          long ageMs = response.getContext().getAgeMs();
          assertTrue(ageMs <= read.level.maxStalenessMs(), where);
          assertTrue(value >= writtenBy(read.atMicros - 1_000 * ageMs), where);
        }
        default -> assertTrue(value <= written, where);
      }
    }

    /** The last write that was acknowledged by a moment. */
    private long writtenBy(long micros) {
      var entry = lastWriteByMicros.floorEntry(micros);
      return entry == null ? 0 : entry.getValue();
    }
  }
}
