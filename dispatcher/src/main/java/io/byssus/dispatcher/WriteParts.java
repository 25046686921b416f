package io.byssus.dispatcher;

import io.byssus.proto.internal.v1.AwaitAppliedResponse;
import io.byssus.proto.log.v1.WriterStamp;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What the ways of all writes share, single ones and those of streams.
 *
 * @param clock the dispatcher's clock, which callers are told
 * @param nanoTime measures how long a write is under way
 * @param handOvers where records are handed to the log, which may block for about a second
 * @param sendings where results of streams are sent; never blocked
 */
record WriteParts(
    NamespaceResolver namespaces,
    WriteRouter router,
    WriteBudget budget,
    DispatcherWriter writer,
    LogAppender appender,
    AppliedQuestion appliedQuestion,
    WriteAnswers answers,
    Clock clock,
    LongSupplier nanoTime,
    Executor handOvers,
    Executor sendings,
    TestHooks hooks) {

  /** Asks the replicas of a shard what became of a write. */
  @FunctionalInterface
  interface AppliedQuestion {
    CompletableFuture<AwaitAppliedResponse> ask(
        int shard, long position, WriterStamp stamp, CallDeadline deadline);
  }
}
