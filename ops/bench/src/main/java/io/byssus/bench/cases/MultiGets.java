package io.byssus.bench.cases;

import io.byssus.bench.engine.BenchCase;
import io.byssus.bench.engine.BenchCase.Ceiling;
import io.byssus.bench.engine.Contender;
import io.byssus.bench.engine.Target;
import io.byssus.bench.stage.Stage;
import java.util.List;

/** A hundred records a call. */
final class MultiGets {
  private static final int KEYS = 100;

  private MultiGets() {}

  static List<BenchCase> on(Stage stage) {
    Contender direct =
        new Contender(
            "MultiGet of 100 in direct mode",
            () ->
                new Loads(
                    Reads.multiGets(stage.direct(), stage.records(), KEYS),
                    KEYS,
                    Loads.IN_FLIGHT,
                    () -> {}));
    return List.of(
        new BenchCase(
            "multi-get",
            "MultiGet of 100, SDK in direct mode, 64 in flight",
            "keys/s",
            direct,
            List.of(
                new Ceiling(Databases.multiGet(stage, KEYS), Target.atLeast(0.50)),
                new Ceiling(RedisRequests.multiGet(stage, KEYS), Target.atLeast(0.40)))));
  }
}
