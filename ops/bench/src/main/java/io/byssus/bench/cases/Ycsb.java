package io.byssus.bench.cases;

import io.byssus.bench.engine.BenchCase;
import io.byssus.bench.engine.BenchCase.Ceiling;
import io.byssus.bench.engine.Conduct;
import io.byssus.bench.engine.Contender;
import io.byssus.bench.engine.Target;
import io.byssus.bench.stage.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The core workloads of YCSB, through the dispatcher, 64 operations in flight. Nothing is asked of
 * them: the unary echo beside them tells how fast this machine is.
 */
final class Ycsb {
  private static final Conduct ROUNDS = new Conduct(1, 2, false);

  private Ycsb() {}

  static List<BenchCase> on(Stage stage) {
    List<BenchCase> cases = new ArrayList<>();
    for (YcsbWorkload workload : YcsbWorkload.values()) {
      cases.add(
          new BenchCase(
              "ycsb-" + workload.letter(),
              "YCSB " + workload.letter().toUpperCase(Locale.ROOT) + ": " + workload.mix(),
              "ops/s",
              new Contender(
                      "YCSB " + workload.letter(),
                      () -> Loads.of(new YcsbOperations(stage, workload)))
                  .withoutCurve(),
              List.of(new Ceiling(Echoes.unary(stage).withoutCurve(), Target.none())),
              ROUNDS));
    }
    return cases;
  }
}
