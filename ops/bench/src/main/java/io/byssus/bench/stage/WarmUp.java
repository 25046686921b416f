package io.byssus.bench.stage;

import io.byssus.bench.ceilings.EchoClient;
import io.byssus.bench.load.ClosedLoop;
import io.byssus.bench.load.Operation;
import io.byssus.bench.load.Records;
import io.byssus.client.Consistency;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.ReadOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Reads of all kinds, and echoes, until the processes' compilers have done most of their work:
 * without it the first cases would measure the compilers.
 */
final class WarmUp {
  private static final int IN_FLIGHT = 64;
  private static final int KEYS = 100;
  private static final byte[] PAYLOAD = new byte[100];

  private final Namespace throughDispatcher;
  private final Namespace direct;
  private final EchoClient echo;
  private final Records records;

  WarmUp(Namespace throughDispatcher, Namespace direct, EchoClient echo, Records records) {
    this.throughDispatcher = throughDispatcher;
    this.direct = direct;
    this.echo = echo;
    this.records = records;
  }

  void run(Duration length) throws Exception {
    new ClosedLoop(this::one, IN_FLIGHT).run(length);
  }

  /** See {@link Operation#begin}. */
  private void one(Consumer<Throwable> done) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> echo.call(PAYLOAD, done);
      case 4, 5, 6 -> tell(get(throughDispatcher, Consistency.EVENTUAL, random), done);
      case 7 -> tell(get(throughDispatcher, Consistency.LINEARIZABLE, random), done);
      case 8 -> tell(get(direct, Consistency.EVENTUAL, random), done);
      default ->
          tell(
              random.nextInt(10) == 0
                  ? direct.multiGetAsync(anyKeys(random), at(Consistency.EVENTUAL))
                  : get(direct, Consistency.EVENTUAL, random),
              done);
    }
  }

  private CompletableFuture<?> get(Namespace from, Consistency level, RandomGenerator random) {
    return from.getAsync(Key.of(records.anyKey(random)), at(level));
  }

  private List<Key> anyKeys(RandomGenerator random) {
    return Stream.generate(() -> Key.of(records.anyKey(random))).limit(KEYS).toList();
  }

  private static ReadOptions at(Consistency level) {
    return ReadOptions.defaults().withConsistency(level);
  }

  private static void tell(CompletableFuture<?> read, Consumer<Throwable> done) {
    read.whenComplete((result, failure) -> done.accept(failure));
  }
}
