package io.byssus.bench.cases;

import io.byssus.bench.engine.BenchCase;
import io.byssus.bench.engine.BenchCase.Ceiling;
import io.byssus.bench.engine.Contender;
import io.byssus.bench.engine.Target;
import io.byssus.bench.stage.Stage;
import io.byssus.client.Consistency;
import java.util.List;

/** What it costs to see everything that was acknowledged. */
final class StrongReads {
  private StrongReads() {}

  static List<BenchCase> on(Stage stage) {
    return List.of(
        new BenchCase(
            "linearizable-get",
            "unary Get through the dispatcher, 64 in flight",
            "ops/s",
            gets("LINEARIZABLE Get", stage, Consistency.LINEARIZABLE),
            List.of(
                new Ceiling(
                    gets("EVENTUAL Get", stage, Consistency.EVENTUAL), Target.atLeast(0.40)))));
  }

  private static Contender gets(String name, Stage stage, Consistency consistency) {
    return new Contender(
        name, () -> Loads.of(Reads.gets(stage.throughDispatcher(), stage.records(), consistency)));
  }
}
