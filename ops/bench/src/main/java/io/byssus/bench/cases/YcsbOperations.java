package io.byssus.bench.cases;

import io.byssus.bench.load.Operation;
import io.byssus.bench.load.Records;
import io.byssus.bench.load.Zipfian;
import io.byssus.bench.stage.OrderedKeys;
import io.byssus.bench.stage.Stage;
import io.byssus.client.Consistency;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.ReadOptions;
import io.byssus.client.Scan;
import io.byssus.client.StoredRecord;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** The operations of a workload, in its mix. */
final class YcsbOperations implements Operation {
  private static final int LONGEST_SCAN = 100;
  private static final int PERCENT = 100;
  private static final byte[] TO_THE_END = {};
  private static final ReadOptions EVENTUAL =
      ReadOptions.defaults().withConsistency(Consistency.EVENTUAL);

  private final YcsbWorkload workload;
  private final Namespace namespace;
  private final Records records;
  private final LongFunction<Key> keys;
  private final Zipfian popularity;

  /** What is inserted next; what lies below it and not below the count may not be there yet. */
  private final AtomicLong next;

  YcsbOperations(Stage stage, YcsbWorkload workload) throws Exception {
    this.workload = workload;
    boolean scans = workload == YcsbWorkload.E;
    this.records = stage.records();
    this.namespace = scans ? stage.ordered() : stage.throughDispatcher();
    this.keys = scans ? OrderedKeys::key : number -> Key.of(records.key(number));
    this.popularity = new Zipfian(records.count());
    this.next = new AtomicLong(records.count());
  }

  @Override
  public void begin(Consumer<Throwable> done) {
    one(ThreadLocalRandom.current()).whenComplete((result, failure) -> done.accept(failure));
  }

  private CompletableFuture<?> one(ThreadLocalRandom random) {
    if (random.nextInt(PERCENT) < workload.readPercent()) {
      return workload == YcsbWorkload.E ? scan(random) : read(known(random));
    }
    return switch (workload.other()) {
      case UPDATE -> write(known(random));
      case INSERT -> write(next.getAndIncrement());
      case READ_MODIFY_WRITE -> {
        long number = known(random);
        yield read(number).thenCompose(read -> write(number));
      }
    };
  }

  /** D reads the latest the most; the others have popular records everywhere. */
  private long known(ThreadLocalRandom random) {
    return workload == YcsbWorkload.D
        ? next.get() - 1 - popularity.next(random)
        : popularity.nextScattered(random);
  }

  private CompletableFuture<?> read(long number) {
    return namespace
        .getAsync(keys.apply(number), EVENTUAL)
        .thenAccept(record -> requireLoaded(number, record));
  }

  private void requireLoaded(long number, Optional<StoredRecord> record) {
    if (record.isEmpty() && number < records.count()) {
      throw new IllegalStateException("record " + number + " was loaded and is not found");
    }
  }

  private CompletableFuture<?> write(long number) {
    // Another value than it had, so that an update is one.
    return namespace.putAsync(
        keys.apply(number), records.value(ThreadLocalRandom.current().nextLong()));
  }

  private CompletableFuture<?> scan(ThreadLocalRandom random) {
    Key from = keys.apply(known(random));
    return namespace.scanPageAsync(
        Scan.of(from.partitionKey())
            .range(from.sortKey(), TO_THE_END)
            .limit(1 + random.nextInt(LONGEST_SCAN)),
        EVENTUAL);
  }
}
