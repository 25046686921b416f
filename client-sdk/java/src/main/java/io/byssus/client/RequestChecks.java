package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.client.calls.Durations;
import io.byssus.model.ByssusException;
import io.byssus.model.FieldProblem;
import io.byssus.model.Limits;
import io.byssus.model.NamespaceNames;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.log.v1.Lifetime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The limits of requests, checked before anything is sent: what is too large for gRPC would come
 * back without a word about the field. Dispatchers check again.
 */
final class RequestChecks {
  private final List<FieldProblem> problems = new ArrayList<>();

  static void namespaceName(String name) {
    RequestChecks checks = new RequestChecks();
    NamespaceNames.problem(name).ifPresent(problem -> checks.add("namespace", problem));
    checks.throwIfAny();
  }

  static void key(Key key) {
    RequestChecks checks = new RequestChecks();
    checks.key("key", key);
    checks.throwIfAny();
  }

  /** The one operation of a write of one record; its value is the field {@code value}. */
  static void operation(Key key, WriteOperation operation) {
    RequestChecks checks = new RequestChecks();
    checks.key("key", key);
    checks.size("value", operation.getPut().size(), Limits.MAX_VALUE_BYTES, "");
    checks.terms("", operation);
    checks.throwIfAny();
  }

  /**
   * @param ofWrite what the write's own options ask of its record: a batch has none
   */
  static void batch(WriteBatch batch, OperationOptions ofWrite) {
    RequestChecks checks = new RequestChecks();
    if (!ofWrite.equals(OperationOptions.defaults())) {
      checks.add("operations", "have their own conditions, versions and lifetimes in a batch");
    }
    checks.batchOperations(batch);
    checks.throwIfAny();
  }

  /** The level of a read. */
  static void level(Consistency consistency) {
    RequestChecks checks = new RequestChecks();
    consistency
        .maxStaleness()
        .ifPresent(
            staleness -> {
              long millis = Durations.millis(staleness);
              checks.range("options.max_staleness_ms", millis, 1, Limits.MAX_STALENESS_MILLIS);
            });
    checks.throwIfAny();
  }

  /** A read other than that of one record. */
  static void newest(OptionalLong atVersion) {
    RequestChecks checks = new RequestChecks();
    if (atVersion.isPresent()) {
      checks.add("at_version", "is set; only the read of one record has it");
    }
    checks.throwIfAny();
  }

  static void versions(Key key, VersionQuery query) {
    RequestChecks checks = new RequestChecks();
    checks.key("key", key);
    checks.range("limit", query.limit(), 0, Limits.MAX_LISTED_VERSIONS);
    if (query.to() != 0 && Long.compareUnsigned(query.from(), query.to()) > 0) {
      checks.add("from_version", "is above to_version");
    }
    checks.throwIfAny();
  }

  static void partitionKey(ByteString partitionKey) {
    RequestChecks checks = new RequestChecks();
    checks.partition("partition_key", partitionKey);
    checks.throwIfAny();
  }

  static void keys(List<Key> keys) {
    RequestChecks checks = new RequestChecks();
    for (int i = 0; i < keys.size(); i++) {
      checks.key("keys[" + i + "]", keys.get(i));
    }
    checks.throwIfAny();
  }

  private void batchOperations(WriteBatch batch) {
    partition("partition_key", batch.partitionKey());
    List<WriteOperation> operations = batch.operations();
    if (operations.isEmpty() || operations.size() > Limits.MAX_BATCH_OPERATIONS) {
      add(
          "operations",
          "has " + operations.size() + "; the limits are 1 and " + Limits.MAX_BATCH_OPERATIONS);
      return;
    }
    long bytes = batch.partitionKey().size();
    Set<ByteString> seen = new HashSet<>();
    for (int i = 0; i < operations.size(); i++) {
      WriteOperation operation = operations.get(i);
      String field = "operations[" + i + "]";
      size(
          field + ".sort_key",
          (long) batch.partitionKey().size() + operation.getSortKey().size(),
          Limits.MAX_KEY_BYTES,
          "with the partition key");
      size(field + ".put", operation.getPut().size(), Limits.MAX_VALUE_BYTES, "");
      terms(field + ".", operation);
      if (!seen.add(operation.getSortKey())) {
        add(field + ".sort_key", "stands twice in the batch");
      }
      bytes += Operations.bytes(operation);
    }
    size("operations", bytes, Limits.MAX_BATCH_BYTES, "of keys and values");
  }

  private void key(String field, Key key) {
    if (partition(field + ".partition_key", key.partition())) {
      size(
          field,
          (long) key.partition().size() + key.sort().size(),
          Limits.MAX_KEY_BYTES,
          "of partition key and sort key");
    }
  }

  private boolean partition(String field, ByteString partitionKey) {
    if (partitionKey.isEmpty()) {
      add(field, "is empty; it must have 1 byte or more");
      return false;
    }
    return size(field, partitionKey.size(), Limits.MAX_KEY_BYTES, "");
  }

  /** Condition, version and lifetime. */
  private void terms(String prefix, WriteOperation operation) {
    int expected = operation.getCondition().getValueEquals().size();
    size(prefix + "condition.value_equals", expected, Limits.MAX_VALUE_BYTES, "");
    if (operation.hasIncrement() && operation.getVersion() != 0) {
      add(prefix + "version", "is set with an increment, which gets its version from the log");
    }
    Lifetime lifetime = operation.getLifetime();
    if (operation.hasRemove() && operation.hasLifetime()) {
      add(prefix + "lifetime", "is set with a removal, which has none");
    } else if (lifetime.hasTtlMs()) {
      range(prefix + "lifetime.ttl_ms", lifetime.getTtlMs(), 1, Limits.MAX_TTL_MILLIS);
    } else if (lifetime.hasExpiresMs()) {
      range(prefix + "lifetime.expires_ms", lifetime.getExpiresMs(), 1, Long.MAX_VALUE);
    }
  }

  private void range(String field, long value, long lowest, long highest) {
    if (value < lowest || value > highest) {
      String limits =
          highest == Long.MAX_VALUE
              ? "it must be " + lowest + " or more"
              : "the limits are " + lowest + " and " + highest;
      add(field, "is " + value + "; " + limits);
    }
  }

  private boolean size(String field, long bytes, int limit, String ofWhat) {
    if (bytes <= limit) {
      return true;
    }
    String measured = bytes + " bytes" + (ofWhat.isEmpty() ? "" : " " + ofWhat);
    add(field, "is " + measured + "; the limit is " + limit);
    return false;
  }

  private void add(String field, String problem) {
    problems.add(new FieldProblem(field, problem));
  }

  private void throwIfAny() {
    if (!problems.isEmpty()) {
      String message = ByssusException.invalid(problems).getMessage();
      throw new InvalidRequestException(message, problems, null);
    }
  }
}
