package io.byssus.dispatcher.writes;

import io.byssus.dispatcher.calls.DispatcherMetrics;
import io.byssus.dispatcher.calls.NamespaceResolver;
import io.byssus.dispatcher.calls.TestHooks;
import java.time.Clock;
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
    AppliedQuestions appliedQuestions,
    WriteAnswers answers,
    Clock clock,
    LongSupplier nanoTime,
    Executor handOvers,
    Executor sendings,
    TestHooks hooks) {

  /** The parts amid what surrounds them. */
  static WriteParts of(Writes.Surroundings around) {
    DispatcherMetrics metrics = around.metrics();
    Clock clock = around.clock();
    DispatcherWriter writer = new DispatcherWriter(around.writerId(), clock);
    metrics.gauge("byssus.dispatcher.writes.waiting", writer, DispatcherWriter::waiting);
    WriteBudget budget = new WriteBudget(around.budgetBytes());
    metrics.gauge("byssus.dispatcher.writes.bytes", budget, WriteBudget::inHand);
    RulesAnnouncer announcer = new RulesAnnouncer();
    return new WriteParts(
        around.namespaces(),
        new WriteRouter(around.map(), around.lagging(), announcer, metrics),
        budget,
        writer,
        new LogAppender(around.logHost(), announcer, clock, metrics),
        new AppliedQuestions(around.appliedQuestion()),
        new WriteAnswers(clock),
        clock,
        around.nanoTime(),
        around.handOvers(),
        around.sendings(),
        around.hooks());
  }
}
