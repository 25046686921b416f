package io.byssus.bench.growth;

import io.byssus.bench.cases.Loads;
import io.byssus.bench.engine.Running;
import io.byssus.bench.load.Operation;
import io.byssus.bench.stage.SpreadRecords;
import io.byssus.client.Consistency;
import io.byssus.client.Namespace;
import io.byssus.client.ReadOptions;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongFunction;

/** What is done at every point of a curve. */
public enum Workload {
  /** Point reads of any record through the dispatcher, 64 in flight. */
  GET("get", "ops/s", true) {
    @Override
    Running on(SpreadRecords records) {
      return Loads.of(gets(records, records::throughDispatcher));
    }
  },
  /** The same from the servers. */
  GET_DIRECT("get-direct", "ops/s", true) {
    @Override
    Running on(SpreadRecords records) {
      return Loads.of(gets(records, records::direct));
    }
  },
  /** Writes by streams, LOGGED, replay running, counted when a replica has them. */
  WRITE_STREAM("write-stream", "writes/s", false) {
    @Override
    Running on(SpreadRecords records) {
      return new SpreadWrites(records);
    }
  };

  private static final ReadOptions EVENTUAL =
      ReadOptions.defaults().withConsistency(Consistency.EVENTUAL);

  private final String label;
  private final String unit;
  private final boolean reads;

  Workload(String label, String unit, boolean reads) {
    this.label = label;
    this.unit = unit;
    this.reads = reads;
  }

  /** Short, of lower-case letters and "-". */
  public String label() {
    return label;
  }

  /** Of its throughput. */
  public String unit() {
    return unit;
  }

  /** Whether it changes nothing. */
  boolean reads() {
    return reads;
  }

  /** The workload, ready to be measured. */
  abstract Running on(SpreadRecords records);

  private static Operation gets(SpreadRecords records, LongFunction<Namespace> namespaces) {
    int count = records.records().count();
    return done -> {
      long number = ThreadLocalRandom.current().nextInt(count);
      namespaces
          .apply(number)
          .getAsync(records.key(number), EVENTUAL)
          .whenComplete(
              (record, failure) ->
                  done.accept(failure == null && record.isEmpty() ? missing(number) : failure));
    };
  }

  private static IllegalStateException missing(long number) {
    return new IllegalStateException("record " + number + " was loaded and is not found");
  }
}
