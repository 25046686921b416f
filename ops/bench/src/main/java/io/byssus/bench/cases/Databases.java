package io.byssus.bench.cases;

import io.byssus.bench.ceilings.BareDatabase;
import io.byssus.bench.engine.Contender;
import io.byssus.bench.load.Records;
import io.byssus.bench.stage.Stage;
import java.util.SplittableRandom;

/** RocksDB with the same records, in this process and on one thread, as ceilings. */
final class Databases {
  private static final long SEED = 20_261_123;

  private Databases() {}

  static Contender get(Stage stage) {
    SplittableRandom random = new SplittableRandom(SEED);
    return contender(
            "get",
            stage,
            database -> {
              database.get(stage.records().anyKey(random));
              return 1;
            })
        .with(References.GET);
  }

  static Contender multiGet(Stage stage, int keys) {
    SplittableRandom random = new SplittableRandom(SEED);
    return contender(
            "multiGet", stage, database -> multiGet(database, stage.records(), random, keys))
        .with(References.MULTI_GET);
  }

  static Contender iterate(Stage stage) {
    return contender("iterate", stage, database -> stage.records().all(database.iterate()))
        .with(References.ITERATE);
  }

  /** Tells how many records it read. */
  private interface Read {
    long from(BareDatabase database) throws Exception;
  }

  private static Contender contender(String what, Stage stage, Read read) {
    return new Contender(
        "RocksDB " + what + " in process, one thread",
        () -> {
          BareDatabase database = stage.newDatabase();
          return new OneThread(() -> read.from(database), database);
        });
  }

  private static int multiGet(
      BareDatabase database, Records records, SplittableRandom random, int count) throws Exception {
    byte[][] keys = new byte[count][];
    for (int i = 0; i < count; i++) {
      keys[i] = records.anyKey(random);
    }
    int found = database.multiGet(keys);
    if (found != count) {
      throw new IllegalStateException(found + " of " + count + " records were found");
    }
    return found;
  }
}
