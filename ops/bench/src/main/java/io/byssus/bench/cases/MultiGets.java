package io.byssus.bench.cases;

import io.byssus.bench.ceilings.BareDatabase;
import io.byssus.bench.engine.BenchCase;
import io.byssus.bench.engine.BenchCase.Ceiling;
import io.byssus.bench.engine.Contender;
import io.byssus.bench.engine.Target;
import io.byssus.bench.load.Records;
import io.byssus.bench.stage.Stage;
import java.util.List;
import java.util.SplittableRandom;

/** A hundred records a call. */
final class MultiGets {
  private static final int KEYS = 100;
  private static final long SEED = 20_261_123;

  private MultiGets() {}

  static List<BenchCase> on(Stage stage) {
    Contender direct =
        new Contender(
            "MultiGet of 100 in direct mode",
            () ->
                new Loads(Reads.multiGets(stage.direct(), stage.records(), KEYS), KEYS, () -> {}));
    return List.of(
        new BenchCase(
            "multi-get",
            "MultiGet of 100, SDK in direct mode, 64 in flight",
            "keys/s",
            direct,
            List.of(
                new Ceiling(database(stage), Target.atLeast(0.50)),
                new Ceiling(RedisReads.multiGet(stage, KEYS), Target.atLeast(0.40)))));
  }

  private static Contender database(Stage stage) {
    return new Contender(
        "RocksDB multiGet in process, one thread",
        () -> {
          BareDatabase database = stage.newDatabase();
          SplittableRandom random = new SplittableRandom(SEED);
          return new OneThread(() -> multiGet(database, stage.records(), random), database);
        });
  }

  private static int multiGet(BareDatabase database, Records records, SplittableRandom random)
      throws Exception {
    byte[][] keys = new byte[KEYS][];
    for (int i = 0; i < KEYS; i++) {
      keys[i] = records.anyKey(random);
    }
    int found = database.multiGet(keys);
    if (found != KEYS) {
      throw new IllegalStateException(found + " of " + KEYS + " records were found");
    }
    return found;
  }
}
