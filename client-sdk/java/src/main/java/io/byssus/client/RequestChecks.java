package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.model.ByssusException;
import io.byssus.model.FieldProblem;
import io.byssus.model.Limits;
import io.byssus.model.NamespaceNames;
import io.byssus.proto.kv.v1.WriteOperation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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

  static void put(Key key, ByteString value) {
    RequestChecks checks = new RequestChecks();
    checks.key("key", key);
    checks.value("value", value);
    checks.throwIfAny();
  }

  static void batch(WriteBatch batch) {
    RequestChecks checks = new RequestChecks();
    checks.batchOperations(batch);
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
      value(field + ".put", operation.getPut());
      if (!seen.add(operation.getSortKey())) {
        add(field + ".sort_key", "stands twice in the batch");
      }
      bytes += operation.getSortKey().size() + operation.getPut().size();
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

  private void value(String field, ByteString value) {
    size(field, value.size(), Limits.MAX_VALUE_BYTES, "");
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
