package io.byssus.bench.cases;

import io.byssus.bench.engine.BenchCase;
import io.byssus.bench.stage.Stage;
import java.util.List;
import java.util.stream.Stream;

/** All cases, in the order in which they run: first what only reads. */
public final class Catalog {
  private Catalog() {}

  /** The cases on a stage; nothing is started yet. */
  public static List<BenchCase> on(Stage stage) {
    return Stream.of(
            PointReads.on(stage),
            MultiGets.on(stage),
            Scans.on(stage),
            StrongReads.on(stage),
            ColdStart.on(stage),
            PointWrites.on(stage),
            Writes.on(stage),
            Visibility.on(stage),
            Replays.on(stage),
            Ycsb.on(stage),
            ServerMemory.on(stage))
        .flatMap(List::stream)
        .toList();
  }
}
