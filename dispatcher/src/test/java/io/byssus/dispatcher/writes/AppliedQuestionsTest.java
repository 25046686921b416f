package io.byssus.dispatcher.writes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.dispatcher.calls.CallDeadline;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import io.byssus.process.CallCriticality;
import io.byssus.proto.internal.v1.AwaitAppliedResponse;
import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.kv.v1.Criticality;
import io.byssus.proto.log.v1.WriterStamp;
import io.grpc.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AppliedQuestionsTest {
  private static final int SHARD = 7;
  private static final ByssusException BEHIND =
      new ByssusException(ErrorCode.REPLICA_BEHIND, "not there yet");

  private final List<Asked> asked = new ArrayList<>();
  private final AppliedQuestions questions = new AppliedQuestions(this::ask);
  private long nanos;

  private record Asked(
      int shard,
      long position,
      List<Long> sequences,
      CallDeadline deadline,
      boolean cancelled,
      Criticality criticality,
      CompletableFuture<AwaitAppliedResponse> answer) {

    /** Each write's version is its sequence, so that one can see whose outcome it is. */
    void tell() {
      answer.complete(
          AwaitAppliedResponse.newBuilder()
              .addAllOutcomes(
                  sequences.stream()
                      .map(sequence -> WriteOutcome.newBuilder().setVersion(sequence).build())
                      .toList())
              .build());
    }
  }

  private CompletableFuture<AwaitAppliedResponse> ask(
      int shard, long position, List<WriterStamp> stamps, CallDeadline deadline) {
    Asked question =
        new Asked(
            shard,
            position,
            stamps.stream().map(WriterStamp::getSequence).toList(),
            deadline,
            Context.current().isCancelled(),
            CallCriticality.current(),
            new CompletableFuture<>());
    asked.add(question);
    return question.answer;
  }

  private CompletableFuture<WriteOutcome> outcome(int shard, long sequence, Duration limit) {
    return questions.ask(
        shard,
        100 + sequence,
        WriterStamp.newBuilder().setSequence(sequence).build(),
        CallDeadline.after(limit, () -> nanos));
  }

  private CompletableFuture<WriteOutcome> outcome(long sequence) {
    return outcome(SHARD, sequence, Duration.ofMinutes(1));
  }

  @Test
  void theFirstIsAskedAboutAtOnceAndWhatComesMeanwhileWithTheNext() {
    CompletableFuture<WriteOutcome> first = outcome(1);
    List<CompletableFuture<WriteOutcome>> next = List.of(outcome(3), outcome(2), outcome(4));
    assertEquals(1, asked.size());
    assertEquals(List.of(1L), asked.get(0).sequences);
    assertFalse(first.isDone());
    asked.get(0).tell();
    assertEquals(1, first.join().getVersion());
    assertEquals(2, asked.size());
    assertEquals(SHARD, asked.get(1).shard);
    assertEquals(List.of(3L, 2L, 4L), asked.get(1).sequences);
    assertEquals(104, asked.get(1).position, "the latest");
    asked.get(1).tell();
    assertEquals(
        List.of(3L, 2L, 4L), next.stream().map(outcome -> outcome.join().getVersion()).toList());
    outcome(5);
    assertEquals(List.of(5L), asked.get(2).sequences);
  }

  @Test
  void shardsDoNotWaitForEachOther() {
    outcome(1, 1, Duration.ofMinutes(1));
    outcome(2, 1, Duration.ofMinutes(1));
    assertEquals(List.of(1, 2), asked.stream().map(Asked::shard).toList());
  }

  @Test
  void aQuestionHasALimitOfWrites() {
    outcome(1);
    int many = Limits.MAX_ASKED_OUTCOMES + 1;
    LongStream.rangeClosed(1, many).forEach(this::outcome);
    IntStream.range(0, 3).forEach(i -> asked.get(i).tell());
    assertEquals(
        List.of(1, Limits.MAX_ASKED_OUTCOMES, 1),
        asked.stream().map(question -> question.sequences.size()).toList());
  }

  @Test
  void whatFailsFailsForAllWhoAskedAndTheNextAreAskedAbout() {
    CompletableFuture<WriteOutcome> first = outcome(1);
    CompletableFuture<WriteOutcome> second = outcome(2);
    asked.get(0).answer.completeExceptionally(BEHIND);
    assertSame(BEHIND, failure(first));
    assertEquals(List.of(2L), asked.get(1).sequences);
    asked.get(1).tell();
    assertEquals(2, second.join().getVersion());
  }

  /** With the newer write in it, the question would wait for a position that moves away. */
  @Test
  void whatIsLateIsAskedAgainAsItWas() {
    CompletableFuture<WriteOutcome> first = outcome(1);
    outcome(2);
    assertTrue(asked.get(0).deadline.remainingNanos() <= Duration.ofSeconds(2).toNanos());
    nanos += Duration.ofSeconds(2).toNanos();
    asked.get(0).answer.completeExceptionally(BEHIND);
    assertFalse(first.isDone());
    assertEquals(List.of(1L), asked.get(1).sequences);
    assertEquals(101, asked.get(1).position);
    asked.get(1).tell();
    assertEquals(1, first.join().getVersion());
    assertEquals(List.of(2L), asked.get(2).sequences);
  }

  @Test
  void whoseTimeIsOverIsNotAskedAboutAgain() {
    outcome(1);
    CompletableFuture<WriteOutcome> brief = outcome(SHARD, 2, Duration.ofSeconds(1));
    CompletableFuture<WriteOutcome> gone = outcome(3);
    CompletableFuture<WriteOutcome> patient = outcome(4);
    asked.get(0).tell();
    gone.cancel(false);
    nanos += Duration.ofSeconds(2).toNanos();
    asked.get(1).answer.completeExceptionally(BEHIND);
    assertSame(BEHIND, failure(brief));
    assertEquals(List.of(4L), asked.get(2).sequences);
    asked.get(2).tell();
    assertEquals(4, patient.join().getVersion());
  }

  @Test
  void aQuestionThatCannotBeAskedKeepsNobodyWaiting() {
    RuntimeException refused = new IllegalStateException("refused");
    AppliedQuestions refusing =
        new AppliedQuestions(
            (shard, position, stamps, deadline) -> {
              throw refused;
            });
    for (int i = 0; i < 2; i++) {
      assertSame(
          refused,
          failure(
              refusing.ask(
                  SHARD,
                  1,
                  WriterStamp.getDefaultInstance(),
                  CallDeadline.after(Duration.ofSeconds(1), () -> nanos))));
    }
  }

  @Test
  void anAnswerOfAnotherNumberOfWritesIsNoAnswer() {
    CompletableFuture<WriteOutcome> first = outcome(1);
    asked.get(0).answer.complete(AwaitAppliedResponse.getDefaultInstance());
    assertEquals(
        "a replica of shard 7 told of 0 writes when asked of 1", failure(first).getMessage());
  }

  @Test
  void theQuestionIsNobodysOwn() {
    Context.CancellableContext gone = Context.current().withCancellation();
    gone.cancel(null);
    gone.run(() -> outcome(1));
    assertFalse(asked.get(0).cancelled);
    assertEquals(Criticality.CRITICAL, asked.get(0).criticality);
  }

  private static Throwable failure(CompletableFuture<?> future) {
    try {
      throw new AssertionError("no failure but " + future.join());
    } catch (CompletionException e) {
      return e.getCause();
    }
  }
}
