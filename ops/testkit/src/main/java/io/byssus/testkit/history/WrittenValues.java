package io.byssus.testkit.history;

import io.byssus.testkit.Violation;
import io.byssus.testkit.Violations;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which write made each value of one key, and under which version. What everyone has told of a
 * version is brought together here: a value that was seen under two was written twice. Not
 * thread-safe.
 *
 * @param <K> what names a record
 */
final class WrittenValues<K> {
  private final Map<Long, Operation<K>> writers = new HashMap<>();
  private final Map<Long, Long> versions = new HashMap<>();
  private final Map<Long, Operation<K>> byVersion = new HashMap<>();
  private final Violations violations;

  /** The values of a key's operations. */
  WrittenValues(List<Operation<K>> operations, Violations violations) {
    this.violations = violations;
    for (Operation<K> operation : operations) {
      if (operation.intent().kind() == Intent.Kind.PUT) {
        writers.put(operation.intent().value(), operation);
      }
    }
    for (Operation<K> operation : operations) {
      if (operation.done() && !operation.intent().reads() && operation.version() != 0) {
        byVersion.put(operation.version(), operation);
        if (operation.intent().value() != 0) {
          seen(operation.intent().value(), operation.version(), operation);
        }
      }
    }
    for (Operation<K> operation : operations) {
      if (operation.done() && operation.found() != 0 && operation.intent().reads()) {
        read(operation);
      }
    }
  }

  private void read(Operation<K> read) {
    Operation<K> writer = writers.get(read.found());
    if (writer == null || writer.invoked() > read.returned()) {
      violations.found(Violation.NEVER_WRITTEN, read + " before anyone had written it");
    } else if (writer.outcome() == Operation.Outcome.REFUSED
        || writer.outcome() == Operation.Outcome.CONDITION_FAILED) {
      violations.found(Violation.NOT_WRITTEN_BUT_SEEN, read + " of " + writer);
    } else {
      seen(read.found(), read.version(), read);
    }
  }

  private void seen(long value, long version, Operation<K> by) {
    if (version == 0) {
      return;
    }
    Long before = versions.putIfAbsent(value, version);
    byVersion.putIfAbsent(version, writers.get(value));
    if (before != null && before != version) {
      violations.found(
          Violation.APPLIED_TWICE,
          by + " has another version than " + Long.toHexString(before) + ", as before");
    }
  }

  /** The version that a write gave its record; 0 where nobody was told. */
  long versionOf(Operation<K> write) {
    return write.done() && write.version() != 0
        ? write.version()
        : versions.getOrDefault(write.intent().value(), 0L);
  }

  /** The write that gave a version. */
  Optional<Operation<K>> writerOf(long version) {
    return Optional.ofNullable(byVersion.get(version));
  }

  /** The value that had a version; empty where nobody was told. */
  OptionalLong valueOf(long version) {
    Operation<K> writer = byVersion.get(version);
    return writer == null ? OptionalLong.empty() : OptionalLong.of(writer.intent().value());
  }
}
