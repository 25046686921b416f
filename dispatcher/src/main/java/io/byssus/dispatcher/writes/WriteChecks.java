package io.byssus.dispatcher.writes;

import com.google.protobuf.ByteString;
import io.byssus.model.ErrorCode;
import io.byssus.model.FieldChecks;
import io.byssus.model.Limits;
import io.byssus.model.NamespaceNames;
import io.byssus.proto.kv.v1.Acknowledgement;
import io.byssus.proto.kv.v1.Criticality;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.IncrementRequest;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.StreamedWrite;
import io.byssus.proto.kv.v1.WriteBatchRequest;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriteStreamOpen;
import io.byssus.proto.kv.v1.WriterStamp;
import io.byssus.proto.log.v1.Condition;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.Lifetime;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Holds writes to the limits of {@link Limits} and of the protocol's comments. Every method finds
 * all that is wrong with a request before it throws one {@link ErrorCode#INVALID_REQUEST}.
 *
 * <p>No write may pass that the log's readers would not take for one: it would be acknowledged and
 * applied as nothing.
 */
public final class WriteChecks {
  /** The place of an operation that is the request itself. */
  private static final int SINGLE = -1;

  private final FieldChecks fields = new FieldChecks();

  private WriteChecks() {}

  /** Checks a request. */
  public static void check(PutRequest request) {
    WriteChecks checks = ofRecord(request.getNamespace(), request.getKey(), request.getOptions());
    checks.value(SINGLE, "value", request.getValue());
    checks.condition(SINGLE, request.hasCondition(), request.getCondition());
    checks.lifetime(SINGLE, request.hasLifetime(), request.getLifetime());
    checks.fields.finish();
  }

  /** Checks a request. */
  public static void check(DeleteRequest request) {
    WriteChecks checks = ofRecord(request.getNamespace(), request.getKey(), request.getOptions());
    checks.condition(SINGLE, request.hasCondition(), request.getCondition());
    checks.fields.finish();
  }

  /** Checks a request. */
  public static void check(IncrementRequest request) {
    WriteChecks checks = ofRecord(request.getNamespace(), request.getKey(), request.getOptions());
    checks.condition(SINGLE, request.hasCondition(), request.getCondition());
    checks.lifetime(SINGLE, request.hasLifetime(), request.getLifetime());
    checks.fields.finish();
  }

  /** Has checked what all writes of a single record have. */
  private static WriteChecks ofRecord(String namespace, Key key, WriteOptions options) {
    WriteChecks checks = new WriteChecks();
    checks.namespace(namespace);
    checks.fields.key("key", key);
    checks.writeOptions(options);
    return checks;
  }

  /** Checks a request. */
  public static void check(WriteBatchRequest request) {
    WriteChecks checks = new WriteChecks();
    checks.namespace(request.getNamespace());
    checks.fields.partitionKey("partition_key", request.getPartitionKey());
    checks.operations(request.getPartitionKey(), request.getOperationsList());
    checks.writeOptions(request.getOptions());
    checks.fields.finish();
  }

  static void check(WriteStreamOpen open) {
    WriteChecks checks = new WriteChecks();
    NamespaceNames.problem(open.getNamespace())
        .ifPresent(problem -> checks.fields.problem("open.namespace", problem));
    checks.acknowledgement("open.acknowledgement", open.getAcknowledgement());
    if (!open.getWriterId().isEmpty()) {
      checks.fields.writerId("open.writer_id", open.getWriterId());
      if (open.getNamespaceId() == 0) {
        checks.fields.problem("open.namespace_id", "is missing; a writer needs it");
      }
    }
    checks.fields.finish();
  }

  /**
   * A write of a stream.
   *
   * @param stamped whether the stream was opened with a writer
   */
  static void check(StreamedWrite write, boolean stamped) {
    WriteChecks checks = new WriteChecks();
    checks.fields.partitionKey("partition_key", write.getPartitionKey());
    checks.operations(write.getPartitionKey(), write.getOperationsList());
    if (stamped) {
      checks.fields.sequence("", write.getSequence(), write.getLowestOpen());
    } else if (write.getSequence() != 0
        || write.getLowestOpen() != 0
        || write.getAcceptUntilMs() != 0) {
      checks.fields.problem("sequence", "is set, but the stream was opened without a writer_id");
    }
    checks.fields.finish();
  }

  /**
   * What only the rules of the namespace tell.
   *
   * @param batch whether the write came as a list of operations, which errors then name
   */
  static void check(Write write, boolean batch, NamespaceRules rules) {
    boolean versioned = rules.getConflictRule() == ConflictRule.VERSION;
    WriteChecks checks = new WriteChecks();
    for (int i = 0; i < write.getOperationsCount(); i++) {
      Operation operation = write.getOperations(i);
      int at = batch ? i : SINGLE;
      if (!versioned && operation.getVersion() != 0) {
        checks.fields.problem(
            field(at, "version"),
            "is "
                + Long.toUnsignedString(operation.getVersion())
                + "; in '"
                + rules.getName()
                + "', a namespace of LOG_ORDER, the log gives the version, and only 0 is allowed");
      } else if (versioned && operation.hasIncrement()) {
        checks.fields.problem(
            field(at, batch ? "increment" : "delta"),
            "is not possible in '" + rules.getName() + "', a namespace of VERSION");
      } else if (versioned && operation.getVersion() == 0) {
        checks.fields.problem(
            field(at, "version"),
            "is missing; in '"
                + rules.getName()
                + "', a namespace of VERSION, the writer gives it: 1 and up");
      }
    }
    checks.fields.finish();
  }

  private void operations(ByteString partitionKey, List<WriteOperation> operations) {
    int count = operations.size();
    if (count == 0) {
      fields.problem(
          "operations",
          "is empty; 1 to " + Limits.MAX_BATCH_OPERATIONS + " operations are allowed");
    }
    fields.atMost("operations", count, Limits.MAX_BATCH_OPERATIONS, "operations");
    Set<ByteString> sortKeys = count == 1 ? Set.of() : new HashSet<>();
    long bytes = partitionKey.size();
    for (int i = 0; i < count; i++) {
      WriteOperation operation = operations.get(i);
      if (partitionKey.size() + operation.getSortKey().size() > Limits.MAX_KEY_BYTES) {
        fields.sortKey(field(i, "sort_key"), partitionKey, operation.getSortKey());
      }
      if (count > 1 && !sortKeys.add(operation.getSortKey())) {
        fields.problem(
            field(i, "sort_key"), "stands twice in the batch; each record once is allowed");
      }
      operation(i, operation);
      bytes +=
          operation.getSortKey().size()
              + operation.getPut().size()
              + operation.getCondition().getValueEquals().size();
    }
    if (bytes > Limits.MAX_BATCH_BYTES) {
      fields.problem(
          "operations",
          "are "
              + bytes
              + " bytes of keys, values and values to compare with together; the limit is "
              + Limits.MAX_BATCH_BYTES);
    }
  }

  private void operation(int at, WriteOperation operation) {
    switch (operation.getActionCase()) {
      case PUT -> value(at, "put", operation.getPut());
      case ACTION_NOT_SET ->
          fields.problem("operations[" + at + "]", "has none of put, remove and increment");
      case REMOVE, INCREMENT -> {}
    }
    condition(at, operation.hasCondition(), operation.getCondition());
    if (operation.hasLifetime() && operation.hasRemove()) {
      fields.problem(field(at, "lifetime"), "is set; it goes with put and increment only");
    } else {
      lifetime(at, operation.hasLifetime(), operation.getLifetime());
    }
  }

  private void value(int at, String name, ByteString value) {
    if (value.size() > Limits.MAX_VALUE_BYTES) {
      fields.atMost(field(at, name), value.size(), Limits.MAX_VALUE_BYTES, "bytes");
    }
  }

  private void condition(int at, boolean given, Condition condition) {
    if (!given) {
      return;
    }
    switch (condition.getTestCase()) {
      case VALUE_EQUALS -> value(at, "condition.value_equals", condition.getValueEquals());
      case TEST_NOT_SET ->
          fields.problem(
              field(at, "condition"),
              "has none of absent, present, version_equals and value_equals");
      case ABSENT, PRESENT, VERSION_EQUALS -> {}
    }
  }

  private void lifetime(int at, boolean given, Lifetime lifetime) {
    if (!given) {
      return;
    }
    switch (lifetime.getUntilCase()) {
      case TTL_MS -> {
        if (lifetime.getTtlMs() < 1 || lifetime.getTtlMs() > Limits.MAX_TTL_MILLIS) {
          fields.problem(
              field(at, "lifetime.ttl_ms"),
              "is "
                  + Long.toUnsignedString(lifetime.getTtlMs())
                  + "; 1 to "
                  + Limits.MAX_TTL_MILLIS
                  + " is allowed");
        }
      }
      case EXPIRES_MS -> {
        if (lifetime.getExpiresMs() < 1) {
          fields.problem(
              field(at, "lifetime.expires_ms"),
              "is " + lifetime.getExpiresMs() + "; 1 and up is allowed");
        }
      }
      case UNTIL_NOT_SET ->
          fields.problem(field(at, "lifetime"), "has none of ttl_ms, expires_ms and unending");
      case UNENDING -> {}
    }
  }

  private void writeOptions(WriteOptions options) {
    acknowledgement("options.acknowledgement", options.getAcknowledgement());
    if (options.getCriticality() == Criticality.UNRECOGNIZED) {
      fields.problem(
          "options.criticality", "is not known here; SHEDDABLE, DEFAULT and CRITICAL are");
    }
    if (options.hasStamp()) {
      WriterStamp stamp = options.getStamp();
      fields.writerId("options.stamp.writer_id", stamp.getWriterId());
      fields.sequence("options.stamp.", stamp.getSequence(), stamp.getLowestOpen());
      if (options.getNamespaceId() == 0) {
        fields.problem("options.namespace_id", "is missing; a stamp needs it");
      }
    }
  }

  private void acknowledgement(String field, Acknowledgement acknowledgement) {
    if (acknowledgement == Acknowledgement.UNRECOGNIZED) {
      fields.problem(field, "is not known here; LOGGED and APPLIED are");
    }
  }

  private void namespace(String name) {
    NamespaceNames.problem(name).ifPresent(problem -> fields.problem("namespace", problem));
  }

  /** The name of an operation's field; made only where there is a problem to tell of. */
  private static String field(int at, String name) {
    return at == SINGLE ? name : "operations[" + at + "]." + name;
  }
}
