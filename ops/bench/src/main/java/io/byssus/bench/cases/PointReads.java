package io.byssus.bench.cases;

import io.byssus.bench.engine.BenchCase;
import io.byssus.bench.engine.BenchCase.Ceiling;
import io.byssus.bench.engine.Contender;
import io.byssus.bench.engine.Target;
import io.byssus.bench.stage.Stage;
import io.byssus.client.Consistency;
import java.util.List;

/** One record a call. */
final class PointReads {
  private PointReads() {}

  static List<BenchCase> on(Stage stage) {
    Contender dispatched =
        new Contender(
            "Get through dispatcher and server",
            () ->
                Loads.of(
                    Reads.gets(stage.throughDispatcher(), stage.records(), Consistency.EVENTUAL)));
    Contender direct =
        new Contender(
            "Get in direct mode",
            () -> Loads.of(Reads.gets(stage.direct(), stage.records(), Consistency.EVENTUAL)));
    return List.of(
        new BenchCase(
            "get",
            "unary Get through dispatcher and server, 64 in flight",
            "ops/s",
            dispatched,
            // Two hops bound it by 0.5.
            List.of(new Ceiling(Echoes.unary(stage), Target.atLeast(0.35)))),
        new BenchCase(
            "get-direct",
            "unary Get, SDK in direct mode, 64 in flight",
            "ops/s",
            direct,
            List.of(
                new Ceiling(Echoes.unary(stage), Target.atLeast(0.60)),
                new Ceiling(RedisRequests.get(stage), Target.atLeast(0.20)),
                new Ceiling(InteractiveQueries.get(stage), Target.none()),
                new Ceiling(Databases.get(stage), Target.none()))));
  }
}
