package io.byssus.storage;

import com.google.protobuf.ByteString;
import io.byssus.proto.internal.v1.OutcomeKind;
import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.kv.v1.WriteFailure;
import io.byssus.proto.kv.v1.WriteFailureReason;
import io.byssus.proto.log.v1.Condition;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides a write, then does all of it or nothing.
 *
 * <p>All operations are decided on the state before the write; the first that fails, in their
 * order, is the write's outcome.
 *
 * <p>What pays a read of its record before it is written: an operation with a condition; an
 * increment; a put that is given an expiry, by its lifetime or the namespace; everything in a
 * namespace of VERSION, in one that keeps several versions or ever did, and in one where a record
 * was ever given an expiry (there the expiry index has to follow the record). What is left, puts
 * and deletes under LOG_ORDER, goes without one.
 */
final class WriteApplier {
  /** The outcome of every write that took effect and whose outcome nobody asked to keep. */
  private static final WriteOutcome TOOK_EFFECT =
      WriteOutcome.newBuilder().setKind(OutcomeKind.OUTCOME_APPLIED).build();

  private final NamespaceTable namespaces;
  private final RecordTable records;
  private final ShardBatch batch;

  /** An operation that was decided. */
  private interface Change {
    void make();
  }

  WriteApplier(NamespaceTable namespaces, RecordTable records, ShardBatch batch) {
    this.namespaces = namespaces;
    this.records = records;
    this.batch = batch;
  }

  /**
   * Applies a write; what came of it in full where it failed or asks to keep its outcome.
   *
   * @param version the write's position, which is the version that it gives under LOG_ORDER
   */
  WriteOutcome apply(int namespaceId, Write write, long version, long clockMillis) {
    return new Attempt(namespaces.get(namespaceId), write, version, clockMillis).run();
  }

  /** One write. */
  private final class Attempt {
    private ShardNamespace namespace;
    private final Write write;
    private final long position;
    private final long clockMillis;
    private final List<Change> changes;
    private final List<Long> sums = new ArrayList<>(0);
    private int superseded;

    Attempt(ShardNamespace namespace, Write write, long position, long clockMillis) {
      this.namespace = namespace;
      this.write = write;
      this.changes = new ArrayList<>(write.getOperationsCount());
      this.position = position;
      this.clockMillis = clockMillis;
    }

    WriteOutcome run() {
      for (int i = 0; i < write.getOperationsCount(); i++) {
        Optional<WriteFailure.Builder> failure = decide(write.getOperations(i));
        if (failure.isPresent()) {
          return WriteOutcome.newBuilder()
              .setKind(OutcomeKind.OUTCOME_FAILED)
              .setFailure(failure.get().setOperation(i))
              .build();
        }
      }
      changes.forEach(Change::make);
      if (!write.getKeepOutcome()) {
        return TOOK_EFFECT;
      }
      return WriteOutcome.newBuilder()
          .addAllSums(sums)
          .setKind(OutcomeKind.OUTCOME_APPLIED)
          .setVersion(namespace.byVersion() ? 0 : position)
          .setSuperseded(superseded)
          .build();
    }

    private Optional<WriteFailure.Builder> decide(Operation operation) {
      byte[] key =
          ShardKeys.record(namespace.id(), write.getPartitionKey(), operation.getSortKey());
      boolean allowed =
          namespace.byVersion()
              ? operation.getVersion() != 0 && !operation.hasIncrement()
              : operation.getVersion() == 0;
      if (allowed && goesBlindly(operation)) {
        changes.add(() -> makeBlindly(key, operation));
        return Optional.empty();
      }
      RecordState stored = records.read(key);
      RecordState now = stored.at(clockMillis);
      if (!allowed) {
        return failure(WriteFailureReason.NOT_ALLOWED, now);
      }
      if (operation.hasCondition()) {
        if (!holds(operation.getCondition(), now)) {
          return failure(WriteFailureReason.CONDITION_NOT_MET, now);
        }
        if (namespace.byVersion()
            && !now.isEmpty()
            && Long.compareUnsigned(operation.getVersion(), now.entries().get(0).version()) <= 0) {
          return failure(WriteFailureReason.VERSION_NOT_ABOVE, now);
        }
      }
      if (operation.hasIncrement()) {
        return decideIncrement(key, operation, stored, now);
      }
      changes.add(() -> make(key, stored, now, next(key, operation, now)));
      return Optional.empty();
    }

    private boolean goesBlindly(Operation operation) {
      return namespace.plain()
          && !operation.hasCondition()
          && !operation.hasIncrement()
          && (operation.hasDelete() || expiresMillis(operation) == 0);
    }

    private long expiresMillis(Operation operation) {
      return namespace.expiresMillis(operation.hasLifetime(), operation.getLifetime(), clockMillis);
    }

    private void makeBlindly(byte[] key, Operation operation) {
      if (operation.hasPut()) {
        records.putBlindly(key, VersionEntry.put(position, 0, 0, operation.getPut()));
      } else {
        records.deleteBlindly(key);
      }
    }

    private Optional<WriteFailure.Builder> decideIncrement(
        byte[] key, Operation operation, RecordState stored, RecordState now) {
      Optional<Long> number = now.value().map(DecimalNumber::parse).orElse(Optional.of(0L));
      if (number.isEmpty()) {
        return failure(WriteFailureReason.NOT_A_NUMBER, now);
      }
      long sum = number.get() + operation.getIncrement().getDelta();
      if (((number.get() ^ sum) & (operation.getIncrement().getDelta() ^ sum)) < 0) {
        return failure(WriteFailureReason.OUT_OF_RANGE, now);
      }
      long expires =
          operation.hasLifetime() || now.current().isEmpty()
              ? expiresMillis(operation)
              : now.current().get().expiresMillis();
      VersionEntry put =
          VersionEntry.put(position, expires, 0, ByteString.copyFromUtf8(Long.toString(sum)));
      sums.add(sum);
      changes.add(() -> make(key, stored, now, now.put(put, namespace.maxVersions())));
      return Optional.empty();
    }

    private RecordState next(byte[] key, Operation operation, RecordState now) {
      int maxVersions = namespace.maxVersions();
      if (!namespace.byVersion()) {
        return operation.hasDelete()
            ? now.delete(position, maxVersions)
            : now.put(
                VersionEntry.put(position, expiresMillis(operation), 0, operation.getPut()),
                maxVersions);
      }
      RecordState merged =
          now.merge(versioned(operation), maxVersions, entry -> records.withValue(key, entry));
      // A deletion that is deleted once more is remembered longer; the record is as it was.
      if (merged == now || now.isDeletedAt(operation.getVersion())) {
        superseded++;
      }
      return merged;
    }

    private VersionEntry versioned(Operation operation) {
      long version = operation.getVersion();
      if (operation.hasDelete()) {
        return VersionEntry.deletion(version, namespace.rememberedUntilMillis(clockMillis));
      }
      long expires = expiresMillis(operation);
      long until =
          expires == 0 ? 0 : namespace.rememberedUntilMillis(Math.max(expires, clockMillis));
      VersionEntry put = VersionEntry.put(version, expires, until, operation.getPut());
      // What has expired before it comes is decided as what it has become: else the order would
      // matter in which it and another put of its version come.
      return put.isDueBy(clockMillis) ? put.expired() : put;
    }

    /** What is put with an expiry that has passed is written as what it has become. */
    private void make(byte[] key, RecordState stored, RecordState now, RecordState next) {
      if (next == now && stored == now) {
        return;
      }
      RecordState ended = next.at(clockMillis);
      if (ended.dueMillis() != 0) {
        namespace = namespaces.lookFirst(namespace, batch);
      }
      records.write(key, stored, ended);
    }

    private boolean holds(Condition condition, RecordState now) {
      Optional<VersionEntry> current = now.current();
      return switch (condition.getTestCase()) {
        case ABSENT -> current.isEmpty();
        case PRESENT -> current.isPresent();
        case VERSION_EQUALS ->
            current.isPresent() && current.get().version() == condition.getVersionEquals();
        case VALUE_EQUALS ->
            current.isPresent() && current.get().value().equals(condition.getValueEquals());
        case TEST_NOT_SET -> throw new IllegalStateException("a condition without a test");
      };
    }

    private Optional<WriteFailure.Builder> failure(WriteFailureReason reason, RecordState now) {
      return Optional.of(
          WriteFailure.newBuilder()
              .setReason(reason)
              .setPresent(now.current().isPresent())
              .setVersion(now.current().map(VersionEntry::version).orElse(0L)));
    }
  }
}
