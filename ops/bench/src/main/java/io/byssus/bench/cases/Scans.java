package io.byssus.bench.cases;

import io.byssus.bench.engine.BenchCase;
import io.byssus.bench.engine.BenchCase.Ceiling;
import io.byssus.bench.engine.Contender;
import io.byssus.bench.engine.Target;
import io.byssus.bench.stage.Stage;
import io.byssus.client.Consistency;
import io.byssus.client.Namespace;
import io.byssus.client.ReadOptions;
import io.byssus.client.ScanAll;
import io.byssus.client.ScanAllCursor;
import java.util.List;

/** All records of a namespace, streamed. */
final class Scans {
  private Scans() {}

  static List<BenchCase> on(Stage stage) {
    return List.of(
        new BenchCase(
            "scan",
            "streamed scan of the whole namespace, SDK in direct mode, by whole scans",
            "records/s",
            direct(stage),
            List.of(new Ceiling(Databases.iterate(stage), Target.atLeast(0.40)))));
  }

  static Contender direct(Stage stage) {
    return new Contender(
        "scan of the namespace in direct mode",
        () -> {
          Namespace namespace = stage.direct();
          return new OneThread(() -> stage.records().all(scan(namespace)), () -> {});
        });
  }

  private static int scan(Namespace namespace) {
    ReadOptions options = ReadOptions.defaults().withConsistency(Consistency.EVENTUAL);
    int records = 0;
    try (ScanAllCursor all = namespace.scanAll(ScanAll.defaults(), options)) {
      while (all.hasNext()) {
        all.next();
        records++;
      }
    }
    return records;
  }
}
