package io.byssus.dispatcher.writes;

import io.byssus.dispatcher.calls.CallDeadline;
import io.byssus.model.Limits;
import io.byssus.process.CallCriticality;
import io.byssus.proto.internal.v1.AwaitAppliedResponse;
import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.kv.v1.Criticality;
import io.byssus.proto.log.v1.WriterStamp;
import io.grpc.Context;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks what became of writes that are in the log, many at once: one question for each shard is
 * under way, and what is to be known meanwhile is asked with the next. So the first write is asked
 * about at once, and the busier a shard is, the more writes share a question.
 *
 * <p>A question waits for the latest of its positions. It ends after {@value #QUESTION_SECONDS}
 * seconds at the latest and is then asked again, as it was: with newer positions in it a shard that
 * stays behind would never answer. Until then a server that hangs keeps the shard's other writes
 * from being asked about.
 *
 * <p>Whoever asks looks after its own deadline; the question only stops being asked for it.
 * Thread-safe.
 */
final class AppliedQuestions {
  private static final int QUESTION_SECONDS = 2;

  private final Writes.AppliedQuestion question;
  private final Map<Integer, Line> lines = new ConcurrentHashMap<>();

  /** What is to be known about one write. */
  private record Waiting(
      long position,
      WriterStamp stamp,
      CallDeadline deadline,
      CompletableFuture<WriteOutcome> outcome) {
    boolean over() {
      return outcome.isDone() || deadline.passed();
    }
  }

  AppliedQuestions(Writes.AppliedQuestion question) {
    this.question = question;
  }

  /**
   * The outcome of a write, once a replica has applied its position. Fails where no replica will
   * tell; where none does in time, it does so some time after the deadline.
   */
  CompletableFuture<WriteOutcome> ask(
      int shard, long position, WriterStamp stamp, CallDeadline deadline) {
    Waiting waiting = new Waiting(position, stamp, deadline, new CompletableFuture<>());
    lines.computeIfAbsent(shard, Line::new).add(waiting);
    return waiting.outcome;
  }

  /** The writes of one shard. */
  private final class Line {
    private final int shard;
    // Guarded by this; the question is asked, and outcomes are told, outside of the lock.
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private boolean asking;

    Line(int shard) {
      this.shard = shard;
    }

    void add(Waiting write) {
      synchronized (this) {
        waiting.add(write);
        if (asking) {
          return;
        }
        asking = true;
      }
      askNext(List.of());
    }

    /** For whoever has made the line ask: what is to be asked again, else what waits. */
    private void askNext(List<Waiting> again) {
      List<Waiting> next = new ArrayList<>(again);
      synchronized (this) {
        while (again.isEmpty() && next.size() < Limits.MAX_ASKED_OUTCOMES && !waiting.isEmpty()) {
          next.add(waiting.remove());
        }
        asking = !next.isEmpty();
      }
      if (!next.isEmpty()) {
        ask(next);
      }
    }

    private void ask(List<Waiting> asked) {
      long position = asked.get(0).position;
      CallDeadline longest = asked.get(0).deadline;
      List<WriterStamp> stamps = new ArrayList<>(asked.size());
      for (Waiting write : asked) {
        position = Long.compareUnsigned(position, write.position) < 0 ? write.position : position;
        longest =
            longest.remainingNanos() < write.deadline.remainingNanos() ? write.deadline : longest;
        stamps.add(write.stamp);
      }
      CallDeadline deadline = longest.atMost(Duration.ofSeconds(QUESTION_SECONDS));
      ask(position, stamps, deadline)
          .whenComplete(
              (answer, failure) -> {
                if (failure != null) {
                  untold(asked, deadline.passed(), failure);
                } else if (answer.getOutcomesCount() == asked.size()) {
                  told(asked, answer);
                } else {
                  untold(asked, false, miscounted(asked.size(), answer.getOutcomesCount()));
                }
              });
    }

    /**
     * Nobody's own question: it goes on when one of those who ask is gone. And not to be refused
     * lightly, since the writes are done.
     */
    private CompletableFuture<AwaitAppliedResponse> ask(
        long position, List<WriterStamp> stamps, CallDeadline deadline) {
      Context before = Context.ROOT.attach();
      try {
        return CallCriticality.in(Criticality.CRITICAL)
            .call(() -> question.ask(shard, position, stamps, deadline));
      } catch (Exception e) {
        return CompletableFuture.failedFuture(e);
      } finally {
        Context.ROOT.detach(before);
      }
    }

    private Exception miscounted(int asked, int told) {
      return new IllegalStateException(
          "a replica of shard " + shard + " told of " + told + " writes when asked of " + asked);
    }

    private void told(List<Waiting> asked, AwaitAppliedResponse answer) {
      askNext(List.of());
      for (int i = 0; i < asked.size(); i++) {
        asked.get(i).outcome.complete(answer.getOutcomes(i));
      }
    }

    private void untold(List<Waiting> asked, boolean late, Throwable failure) {
      List<Waiting> again = asked.stream().filter(write -> late && !write.over()).toList();
      askNext(again);
      asked.stream()
          .filter(write -> !again.contains(write))
          .forEach(write -> write.outcome.completeExceptionally(failure));
    }
  }
}
