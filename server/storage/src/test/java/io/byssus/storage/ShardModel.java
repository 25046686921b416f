package io.byssus.storage;

import com.google.protobuf.ByteString;
import io.byssus.model.Position;
import io.byssus.proto.internal.v1.OutcomeKind;
import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.kv.v1.WriteFailure;
import io.byssus.proto.kv.v1.WriteFailureReason;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import io.byssus.proto.log.v1.WriterStamp;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a shard is meant to be, said as plainly as possible: maps in memory, everything that ends
 * taken out at once, nothing ever deferred. Knows no bytes, batches or indexes.
 */
final class ShardModel {
  static final Comparator<RecordKey> ORDER =
      Comparator.comparing(RecordKey::partitionKey, ByteString.unsignedLexicographicalComparator())
          .thenComparing(RecordKey::sortKey, ByteString.unsignedLexicographicalComparator());

  final Map<Integer, NamespaceRules> rules = new HashMap<>();
  final Map<Integer, TreeMap<RecordKey, ModelRecord>> records = new TreeMap<>();
  private final Set<Integer> dropped = new HashSet<>();
  private final Map<WriterId, Writer> writers = new HashMap<>();
  private int incarnation;
  long clock;

  private static final class Writer {
    final Set<Long> decided = new HashSet<>();
    final Map<Long, StoredOutcome> outcomes = new HashMap<>();
    long floor = 1;
    long acceptUntil;
  }

  /** Applies a record that a shard would not halt at. */
  void apply(LogRecord record, long offset, long appendTime) {
    if (record.hasIncarnationStart()) {
      incarnation = Math.max(incarnation, record.getIncarnationStart().getIncarnation());
    }
    clock = Math.max(clock, Math.min(appendTime, record.getWriterTimeMs() + 60_000));
    records.values().forEach(all -> all.values().forEach(one -> one.advance(clock)));
    if (record.hasNamespaceRules()) {
      install(record.getNamespaceRules());
    }
    if (record.hasNamespaceDrop()) {
      dropped.add(record.getNamespaceId());
      rules.remove(record.getNamespaceId());
      records.remove(record.getNamespaceId());
    }
    if (record.hasWrite()) {
      write(record, Position.pack(incarnation, offset));
    }
  }

  private void install(NamespaceRules brought) {
    NamespaceRules held = rules.get(brought.getNamespaceId());
    if (dropped.contains(brought.getNamespaceId())
        || held != null && held.getVersion() >= brought.getVersion()) {
      return;
    }
    ConflictRule rule = held == null ? brought.getConflictRule() : held.getConflictRule();
    rules.put(brought.getNamespaceId(), brought.toBuilder().setConflictRule(rule).build());
  }

  private void write(LogRecord record, long position) {
    WriterStamp stamp = record.getStamp();
    if (clock > stamp.getAcceptUntilMs()) {
      return;
    }
    Writer writer = writers.get(WriterId.of(stamp));
    if (writer == null || clock > writer.acceptUntil) {
      writer = new Writer();
      writers.put(WriterId.of(stamp), writer);
    }
    writer.floor = Math.max(writer.floor, stamp.getLowestOpen());
    writer.acceptUntil = Math.max(writer.acceptUntil, stamp.getAcceptUntilMs());
    if (dropped.contains(record.getNamespaceId())
        || stamp.getSequence() < writer.floor
        || !writer.decided.add(stamp.getSequence())) {
      return;
    }
    WriteOutcome outcome = decide(record.getNamespaceId(), record.getWrite(), position);
    if (record.getWrite().getKeepOutcome() || outcome.hasFailure()) {
      writer.outcomes.put(
          stamp.getSequence(), new StoredOutcome(outcome, stamp.getAcceptUntilMs()));
    }
  }

  WriteOutcome outcome(WriterStamp stamp) {
    Writer writer = writers.get(WriterId.of(stamp));
    if (clock > stamp.getAcceptUntilMs() || writer == null || clock > writer.acceptUntil) {
      return WriteOutcome.getDefaultInstance();
    }
    if (stamp.getSequence() < writer.floor) {
      return WriteOutcome.getDefaultInstance();
    }
    StoredOutcome kept = writer.outcomes.get(stamp.getSequence());
    if (kept != null && clock <= kept.acceptUntilMillis()) {
      return kept.outcome();
    }
    boolean decided = writer.decided.contains(stamp.getSequence());
    return WriteOutcome.newBuilder()
        .setKind(decided ? OutcomeKind.OUTCOME_APPLIED : OutcomeKind.OUTCOME_NOT_APPLIED)
        .build();
  }

  private WriteOutcome decide(int namespaceId, Write write, long position) {
    NamespaceRules namespace = rules.get(namespaceId);
    boolean byVersion = namespace.getConflictRule() == ConflictRule.VERSION;
    Map<Operation, Long> sums = new LinkedHashMap<>();
    for (int i = 0; i < write.getOperationsCount(); i++) {
      Operation operation = write.getOperations(i);
      ModelRecord record = record(namespaceId, write, operation);
      WriteFailureReason failure = failure(byVersion, operation, record, sums);
      if (failure != null) {
        return WriteOutcome.newBuilder()
            .setKind(OutcomeKind.OUTCOME_FAILED)
            .setFailure(
                WriteFailure.newBuilder()
                    .setOperation(i)
                    .setReason(failure)
                    .setPresent(record.current().isPresent())
                    .setVersion(record.currentVersion()))
            .build();
      }
    }
    int superseded = 0;
    for (Operation operation : write.getOperationsList()) {
      ModelRecord record = record(namespaceId, write, operation);
      if (!change(namespace, operation, record, position, sums)) {
        superseded++;
      }
      record.advance(clock);
    }
    return WriteOutcome.newBuilder()
        .setKind(OutcomeKind.OUTCOME_APPLIED)
        .setVersion(byVersion ? 0 : position)
        .addAllSums(sums.values())
        .setSuperseded(superseded)
        .build();
  }

  private ModelRecord record(int namespaceId, Write write, Operation operation) {
    return records
        .computeIfAbsent(namespaceId, id -> new TreeMap<>(ORDER))
        .computeIfAbsent(
            new RecordKey(write.getPartitionKey(), operation.getSortKey()),
            key -> new ModelRecord());
  }

  private static WriteFailureReason failure(
      boolean byVersion, Operation operation, ModelRecord record, Map<Operation, Long> sums) {
    if (byVersion == (operation.getVersion() == 0) || byVersion && operation.hasIncrement()) {
      return WriteFailureReason.NOT_ALLOWED;
    }
    if (operation.hasCondition()) {
      ByteString value = record.current().map(ModelRecord.Version::value).orElse(null);
      boolean holds =
          switch (operation.getCondition().getTestCase()) {
            case ABSENT -> value == null;
            case PRESENT -> value != null;
            case VERSION_EQUALS ->
                value != null
                    && record.currentVersion() == operation.getCondition().getVersionEquals();
            case VALUE_EQUALS -> operation.getCondition().getValueEquals().equals(value);
            case TEST_NOT_SET -> throw new AssertionError();
          };
      if (!holds) {
        return WriteFailureReason.CONDITION_NOT_MET;
      }
      if (byVersion && !record.versions.tailMap(operation.getVersion(), true).isEmpty()) {
        return WriteFailureReason.VERSION_NOT_ABOVE;
      }
    }
    if (operation.hasIncrement()) {
      String text = record.current().map(v -> v.value().toStringUtf8()).orElse("0");
      BigInteger limit = BigInteger.ONE.shiftLeft(63);
      if (!text.matches("-?[0-9]+") || text.length() > 20 || !fits(new BigInteger(text), limit)) {
        return WriteFailureReason.NOT_A_NUMBER;
      }
      BigInteger sum =
          new BigInteger(text).add(BigInteger.valueOf(operation.getIncrement().getDelta()));
      if (!fits(sum, limit)) {
        return WriteFailureReason.OUT_OF_RANGE;
      }
      sums.put(operation, sum.longValueExact());
    }
    return null;
  }

  private static boolean fits(BigInteger number, BigInteger limit) {
    return number.compareTo(limit.negate()) >= 0 && number.compareTo(limit) < 0;
  }

  private boolean change(
      NamespaceRules namespace,
      Operation operation,
      ModelRecord record,
      long position,
      Map<Operation, Long> sums) {
    int keep = Math.max(1, namespace.getMaxVersions());
    long expires = expires(namespace, operation);
    if (namespace.getConflictRule() == ConflictRule.VERSION) {
      long retention =
          namespace.getTombstoneRetentionMs() == 0
              ? 604_800_000
              : namespace.getTombstoneRetentionMs();
      ModelRecord.Version newcomer =
          operation.hasDelete()
              ? new ModelRecord.Version(null, false, 0, clock + retention)
              : new ModelRecord.Version(
                  expires != 0 && expires <= clock ? null : operation.getPut(),
                  expires != 0 && expires <= clock,
                  expires,
                  expires == 0 ? 0 : Math.max(expires, clock) + retention);
      return record.merge(operation.getVersion(), newcomer, keep);
    }
    if (operation.hasDelete()) {
      record.deleteLatest(position, keep);
    } else if (operation.hasPut()) {
      record.putLatest(position, operation.getPut(), expires, keep);
    } else {
      Optional<ModelRecord.Version> before = record.current();
      long life = operation.hasLifetime() || before.isEmpty() ? expires : before.get().expires();
      ByteString sum = ByteString.copyFromUtf8(sums.get(operation).toString());
      record.putLatest(position, sum, life, keep);
    }
    return true;
  }

  private long expires(NamespaceRules namespace, Operation operation) {
    if (!operation.hasLifetime()) {
      return namespace.getDefaultTtlMs() == 0 ? 0 : clock + namespace.getDefaultTtlMs();
    }
    return switch (operation.getLifetime().getUntilCase()) {
      case TTL_MS -> clock + operation.getLifetime().getTtlMs();
      case EXPIRES_MS -> operation.getLifetime().getExpiresMs();
      default -> 0;
    };
  }

  /** The next moment at which a record turns absent; empty: none. */
  Optional<Long> nextDue() {
    return records.values().stream()
        .flatMap(all -> all.values().stream())
        .flatMap(record -> record.current().stream())
        .map(ModelRecord.Version::expires)
        .filter(expires -> expires != 0)
        .min(Comparator.naturalOrder());
  }
}
