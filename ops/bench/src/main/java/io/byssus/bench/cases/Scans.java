package io.byssus.bench.cases;

import io.byssus.bench.ceilings.BareDatabase;
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
    Contender direct =
        new Contender(
            "scan of the namespace in direct mode",
            () -> {
              Namespace namespace = stage.direct();
              return new OneThread(() -> whole(stage, scan(namespace)), () -> {});
            });
    Contender iterated =
        new Contender(
            "RocksDB iterate in process, one thread",
            () -> {
              BareDatabase database = stage.newDatabase();
              return new OneThread(() -> whole(stage, database.iterate()), database);
            });
    return List.of(
        new BenchCase(
            "scan",
            "streamed scan of the whole namespace, SDK in direct mode, by whole scans",
            "records/s",
            direct,
            List.of(new Ceiling(iterated, Target.atLeast(0.40)))));
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

  private static int whole(Stage stage, int records) {
    if (records != stage.records().count()) {
      throw new IllegalStateException(
          "of " + stage.records().count() + " records, " + records + " were read");
    }
    return records;
  }
}
