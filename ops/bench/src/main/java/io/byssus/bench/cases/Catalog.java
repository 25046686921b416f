package io.byssus.bench.cases;

import io.byssus.bench.engine.BenchCase;
import io.byssus.bench.stage.Stage;
import java.util.List;
import java.util.stream.Stream;

/**
 * All cases, in the order in which they run: first what only reads. What most depends on a path's
 * being warm comes last of those that use it: unary reads after other reads, the stream of writes
 * at its highest rate after the one at half of it.
 */
public final class Catalog {
  private Catalog() {}

  /** The cases on a stage; nothing is started yet. */
  public static List<BenchCase> on(Stage stage) {
    return Stream.of(
            Scans.on(stage),
            MultiGets.on(stage),
            StrongReads.on(stage),
            PointReads.on(stage),
            ColdStart.on(stage),
            PointWrites.on(stage),
            Visibility.on(stage),
            Writes.on(stage),
            Replays.on(stage),
            Ycsb.on(stage),
            ServerMemory.on(stage))
        .flatMap(List::stream)
        .toList();
  }
}
