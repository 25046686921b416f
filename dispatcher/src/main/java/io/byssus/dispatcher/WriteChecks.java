package io.byssus.dispatcher;

import com.google.protobuf.ByteString;
import io.byssus.model.ErrorCode;
import io.byssus.model.FieldChecks;
import io.byssus.model.Limits;
import io.byssus.model.NamespaceNames;
import io.byssus.proto.kv.v1.Acknowledgement;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.WriteBatchRequest;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriterStamp;
import java.util.HashSet;
import java.util.Set;

/**
 * Holds writes to the limits of {@link Limits} and of the protocol's comments. Every method finds
 * all that is wrong with a request before it throws one {@link ErrorCode#INVALID_REQUEST}.
 */
final class WriteChecks {
  private static final int WRITER_ID_BYTES = 16;

  private final FieldChecks fields = new FieldChecks();

  private WriteChecks() {}

  static void check(PutRequest request) {
    WriteChecks checks = new WriteChecks();
    checks.namespace(request.getNamespace());
    checks.fields.key("key", request.getKey());
    checks.fields.atMost("value", request.getValue().size(), Limits.MAX_VALUE_BYTES, "bytes");
    checks.writeOptions(request.getOptions());
    checks.fields.finish();
  }

  static void check(DeleteRequest request) {
    WriteChecks checks = new WriteChecks();
    checks.namespace(request.getNamespace());
    checks.fields.key("key", request.getKey());
    checks.writeOptions(request.getOptions());
    checks.fields.finish();
  }

  static void check(WriteBatchRequest request) {
    WriteChecks checks = new WriteChecks();
    checks.namespace(request.getNamespace());
    checks.fields.partitionKey("partition_key", request.getPartitionKey());
    checks.operations(request);
    checks.writeOptions(request.getOptions());
    checks.fields.finish();
  }

  private void operations(WriteBatchRequest request) {
    int count = request.getOperationsCount();
    if (count == 0) {
      fields.problem(
          "operations",
          "is empty; 1 to " + Limits.MAX_BATCH_OPERATIONS + " operations are allowed");
    }
    fields.atMost("operations", count, Limits.MAX_BATCH_OPERATIONS, "operations");
    Set<ByteString> sortKeys = new HashSet<>();
    long bytes = request.getPartitionKey().size();
    for (int i = 0; i < count; i++) {
      WriteOperation operation = request.getOperations(i);
      String field = "operations[" + i + "]";
      fields.sortKey(field + ".sort_key", request.getPartitionKey(), operation.getSortKey());
      if (!sortKeys.add(operation.getSortKey())) {
        fields.problem(
            field + ".sort_key", "stands twice in the batch; each record once is allowed");
      }
      if (operation.getActionCase() == WriteOperation.ActionCase.ACTION_NOT_SET) {
        fields.problem(field, "has neither put nor remove");
      }
      fields.atMost(field + ".put", operation.getPut().size(), Limits.MAX_VALUE_BYTES, "bytes");
      bytes += operation.getSortKey().size() + operation.getPut().size();
    }
    if (bytes > Limits.MAX_BATCH_BYTES) {
      fields.problem(
          "operations",
          "are "
              + bytes
              + " bytes of keys and values together; the limit is "
              + Limits.MAX_BATCH_BYTES);
    }
  }

  private void writeOptions(WriteOptions options) {
    if (options.getAcknowledgement() == Acknowledgement.UNRECOGNIZED) {
      fields.problem("options.acknowledgement", "is not known here; LOGGED and APPLIED are");
    }
    if (options.hasStamp()) {
      stamp(options.getStamp());
      if (options.getNamespaceId() == 0) {
        fields.problem("options.namespace_id", "is missing; a stamp needs it");
      }
    }
  }

  private void stamp(WriterStamp stamp) {
    String field = "options.stamp.";
    if (stamp.getWriterId().size() != WRITER_ID_BYTES) {
      fields.problem(
          field + "writer_id",
          "is "
              + stamp.getWriterId().size()
              + " bytes; exactly "
              + WRITER_ID_BYTES
              + " are needed");
    }
    long sequence = stamp.getSequence();
    long lowestOpen = stamp.getLowestOpen();
    if (sequence < 1) {
      fields.problem(
          field + "sequence",
          "is " + Long.toUnsignedString(sequence) + "; 1 to 2^63 - 1 is allowed");
    } else if (lowestOpen < 1 || lowestOpen > sequence) {
      fields.problem(
          field + "lowest_open",
          "is "
              + Long.toUnsignedString(lowestOpen)
              + "; 1 to the sequence, which is "
              + sequence
              + ", is allowed");
    } else if (sequence - lowestOpen >= Limits.WRITER_WINDOW) {
      fields.problem(
          field + "lowest_open",
          "is "
              + (sequence - lowestOpen)
              + " below the sequence; the limit is "
              + (Limits.WRITER_WINDOW - 1));
    }
  }

  private void namespace(String name) {
    NamespaceNames.problem(name).ifPresent(problem -> fields.problem("namespace", problem));
  }
}
