package io.byssus.bench.cases;

import io.byssus.bench.engine.BenchCase;
import io.byssus.bench.engine.BenchCase.Ceiling;
import io.byssus.bench.engine.Contender;
import io.byssus.bench.engine.Target;
import io.byssus.bench.load.Operation;
import io.byssus.bench.load.Records;
import io.byssus.bench.stage.Stage;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One record a call. Nothing is asked of it: what is durable in the log has no peer in what an echo
 * does, nor in a Redis that keeps nothing on disk.
 */
final class PointWrites {
  private PointWrites() {}

  static List<BenchCase> on(Stage stage) {
    Contender dispatched =
        new Contender(
            "Put through the dispatcher",
            () -> Loads.of(puts(stage.emptyNamespace(), stage.records())));
    return List.of(
        new BenchCase(
            "put",
            "unary Put through the dispatcher, LOGGED, 64 in flight",
            "ops/s",
            dispatched,
            List.of(
                new Ceiling(Echoes.unary(stage), Target.none()),
                new Ceiling(RedisRequests.set(stage), Target.none()))));
  }

  /** Puts any record, with another value than it had. */
  static Operation puts(Namespace namespace, Records records) {
    return done -> {
      ThreadLocalRandom random = ThreadLocalRandom.current();
      namespace
          .putAsync(Key.of(records.anyKey(random)), records.value(random.nextLong()))
          .whenComplete((result, failure) -> done.accept(failure));
    };
  }
}
