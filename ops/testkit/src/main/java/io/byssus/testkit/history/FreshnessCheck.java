package io.byssus.testkit.history;

import io.byssus.testkit.Violation;
import io.byssus.testkit.Violations;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Holds the reads of one key against what they must not miss: what their client had written or seen
 * ({@link Level#SESSION}), and what had been acknowledged for long enough ({@link Level#BOUNDED}).
 * Goes by versions; a write whose version nobody was told asks for nothing. Also finds writes whose
 * versions contradict the order in which they were acknowledged.
 *
 * <p>Absence has no version. It is explained by any removal that may have come after what the read
 * must not miss, so that nothing is called a violation that need not be one.
 *
 * @param <K> what names a record
 */
final class FreshnessCheck<K> {
  private final List<Operation<K>> operations;
  private final WrittenValues<K> values;
  private final Violations violations;
  private final List<Operation<K>> removals;
  private final Floor acknowledged = new Floor();
  private final Map<Integer, Floor> ofClients = new HashMap<>();

  FreshnessCheck(List<Operation<K>> operations, WrittenValues<K> values, Violations violations) {
    this.operations = operations;
    this.values = values;
    this.violations = violations;
    this.removals =
        operations.stream()
            .filter(operation -> operation.intent().kind() == Intent.Kind.REMOVE)
            .filter(
                operation -> operation.done() || operation.outcome() == Operation.Outcome.UNKNOWN)
            .toList();
    for (Operation<K> operation : operations) {
      if (operation.done()) {
        boolean reads = operation.intent().reads();
        long version = reads ? operation.version() : values.versionOf(operation);
        ofClients
            .computeIfAbsent(operation.client(), any -> new Floor())
            .known(operation.returned(), version);
        if (!reads) {
          acknowledged.known(operation.returned(), version);
        }
      }
    }
  }

  void run() {
    for (Operation<K> operation : operations) {
      if (!operation.done()) {
        continue;
      }
      if (!operation.intent().reads()) {
        order(operation);
      } else if (operation.intent().level() == Level.SESSION) {
        long floor = ofClients.get(operation.client()).before(operation.invoked());
        read(operation, floor, Violation.WENT_BACK);
      } else if (operation.intent().level() == Level.BOUNDED) {
        long since = operation.invoked() - operation.intent().bound().toNanos();
        read(operation, acknowledged.before(since), Violation.STALE);
      }
    }
  }

  private void order(Operation<K> write) {
    long version = values.versionOf(write);
    long floor = acknowledged.before(write.invoked());
    if (version != 0 && Long.compareUnsigned(version, floor) <= 0) {
      violations.found(
          Violation.OUT_OF_ORDER, write + " began when " + describe(floor) + " was acknowledged");
    }
  }

  private void read(Operation<K> read, long floor, Violation kind) {
    if (floor == 0) {
      return;
    }
    boolean misses =
        read.found() == 0
            ? removals.stream().noneMatch(removal -> explains(removal, floor, read))
            : Long.compareUnsigned(read.version(), floor) < 0;
    if (misses) {
      violations.found(kind, read + " misses " + describe(floor));
    }
  }

  private boolean explains(Operation<K> removal, long floor, Operation<K> read) {
    if (removal.invoked() > read.returned()) {
      return false;
    }
    long version = values.versionOf(removal);
    if (removal.done() && version != 0) {
      return Long.compareUnsigned(version, floor) >= 0;
    }
    Optional<Operation<K>> missed = values.writerOf(floor);
    return !removal.done() || missed.isEmpty() || removal.returned() >= missed.get().invoked();
  }

  private String describe(long version) {
    return values
        .writerOf(version)
        .map(Operation::toString)
        .orElse("version " + Long.toHexString(version));
  }
}
