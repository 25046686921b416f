package io.byssus.dispatcher;

import com.google.protobuf.ByteString;
import io.byssus.clustermap.scans.PageTokens;
import io.byssus.model.ErrorCode;
import io.byssus.model.FieldChecks;
import io.byssus.model.Limits;
import io.byssus.model.NamespaceNames;
import io.byssus.model.Position;
import io.byssus.proto.kv.v1.Acknowledgement;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.MultiGetRequest;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.ReadOptions;
import io.byssus.proto.kv.v1.ResolveRequest;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.WriteBatchRequest;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriterStamp;
import java.util.HashSet;
import java.util.Set;

/**
 * Holds requests to the limits of {@link Limits} and of the protocol's comments. Every method finds
 * all that is wrong with a request before it throws one {@link ErrorCode#INVALID_REQUEST} that
 * names each field and its limit.
 */
final class RequestChecks {
  private static final int WRITER_ID_BYTES = 16;

  private final FieldChecks fields = new FieldChecks();

  private RequestChecks() {}

  static void check(ResolveRequest request) {
    RequestChecks checks = new RequestChecks();
    checks.namespace(request.getNamespace());
    checks.finish();
  }

  static void check(PutRequest request) {
    RequestChecks checks = new RequestChecks();
    checks.namespace(request.getNamespace());
    checks.key("key", request.getKey());
    checks.atMost("value", request.getValue().size(), Limits.MAX_VALUE_BYTES, "bytes");
    checks.writeOptions(request.getOptions());
    checks.finish();
  }

  static void check(DeleteRequest request) {
    RequestChecks checks = new RequestChecks();
    checks.namespace(request.getNamespace());
    checks.key("key", request.getKey());
    checks.writeOptions(request.getOptions());
    checks.finish();
  }

  static void check(WriteBatchRequest request) {
    RequestChecks checks = new RequestChecks();
    checks.namespace(request.getNamespace());
    checks.partitionKey("partition_key", request.getPartitionKey());
    checks.operations(request);
    checks.writeOptions(request.getOptions());
    checks.finish();
  }

  static void check(GetRequest request) {
    RequestChecks checks = new RequestChecks();
    checks.namespace(request.getNamespace());
    checks.key("key", request.getKey());
    checks.readOptions(request.getOptions());
    checks.finish();
  }

  static void check(MultiGetRequest request) {
    RequestChecks checks = new RequestChecks();
    checks.namespace(request.getNamespace());
    if (request.getKeysCount() == 0) {
      checks.problem("keys", "is empty; 1 to " + Limits.MAX_MULTI_GET_KEYS + " keys are allowed");
    }
    checks.atMost("keys", request.getKeysCount(), Limits.MAX_MULTI_GET_KEYS, "keys");
    for (int i = 0; i < request.getKeysCount(); i++) {
      checks.key("keys[" + i + "]", request.getKeys(i));
    }
    checks.readOptions(request.getOptions());
    checks.finish();
  }

  static void check(ScanRequest request) {
    RequestChecks checks = new RequestChecks();
    checks.namespace(request.getNamespace());
    ByteString partitionKey = request.getPartitionKey();
    checks.partitionKey("partition_key", partitionKey);
    checks.bound("prefix", partitionKey, request.getPrefix());
    checks.bound("range.start", partitionKey, request.getRange().getStart());
    checks.bound("range.end", partitionKey, request.getRange().getEnd());
    if (!request.getPageToken().isEmpty() && PageTokens.decode(request.getPageToken()).isEmpty()) {
      checks.problem("page_token", "is not a next_page_token that a scan answered");
    }
    checks.readOptions(request.getOptions());
    checks.finish();
  }

  private void namespace(String name) {
    NamespaceNames.problem(name).ifPresent(problem -> problem("namespace", problem));
  }

  private void key(String field, Key key) {
    fields.key(field, key);
  }

  private void partitionKey(String field, ByteString partitionKey) {
    fields.partitionKey(field, partitionKey);
  }

  private void bound(String field, ByteString partitionKey, ByteString sortKey) {
    fields.sortKey(field, partitionKey, sortKey);
  }

  private void operations(WriteBatchRequest request) {
    int count = request.getOperationsCount();
    if (count == 0) {
      problem(
          "operations",
          "is empty; 1 to " + Limits.MAX_BATCH_OPERATIONS + " operations are allowed");
    }
    atMost("operations", count, Limits.MAX_BATCH_OPERATIONS, "operations");
    Set<ByteString> sortKeys = new HashSet<>();
    long bytes = request.getPartitionKey().size();
    for (int i = 0; i < count; i++) {
      WriteOperation operation = request.getOperations(i);
      String field = "operations[" + i + "]";
      bound(field + ".sort_key", request.getPartitionKey(), operation.getSortKey());
      if (!sortKeys.add(operation.getSortKey())) {
        problem(field + ".sort_key", "stands twice in the batch; each record once is allowed");
      }
      if (operation.getActionCase() == WriteOperation.ActionCase.ACTION_NOT_SET) {
        problem(field, "has neither put nor remove");
      }
      atMost(field + ".put", operation.getPut().size(), Limits.MAX_VALUE_BYTES, "bytes");
      bytes += operation.getSortKey().size() + operation.getPut().size();
    }
    if (bytes > Limits.MAX_BATCH_BYTES) {
      problem(
          "operations",
          "are "
              + bytes
              + " bytes of keys and values together; the limit is "
              + Limits.MAX_BATCH_BYTES);
    }
  }

  private void writeOptions(WriteOptions options) {
    if (options.getAcknowledgement() == Acknowledgement.UNRECOGNIZED) {
      problem("options.acknowledgement", "is not known here; LOGGED and APPLIED are");
    }
    if (options.hasStamp()) {
      stamp(options.getStamp());
      if (options.getNamespaceId() == 0) {
        problem("options.namespace_id", "is missing; a stamp needs it");
      }
    }
  }

  private void stamp(WriterStamp stamp) {
    String field = "options.stamp.";
    if (stamp.getWriterId().size() != WRITER_ID_BYTES) {
      problem(
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
      problem(
          field + "sequence",
          "is " + Long.toUnsignedString(sequence) + "; 1 to 2^63 - 1 is allowed");
    } else if (lowestOpen < 1 || lowestOpen > sequence) {
      problem(
          field + "lowest_open",
          "is "
              + Long.toUnsignedString(lowestOpen)
              + "; 1 to the sequence, which is "
              + sequence
              + ", is allowed");
    } else if (sequence - lowestOpen >= Limits.WRITER_WINDOW) {
      problem(
          field + "lowest_open",
          "is "
              + (sequence - lowestOpen)
              + " below the sequence; the limit is "
              + (Limits.WRITER_WINDOW - 1));
    }
  }

  private void readOptions(ReadOptions options) {
    fields.readLevel("options", options.getConsistency(), options.getMaxStalenessMs());
    options
        .getSessionTokenMap()
        .forEach(
            (shard, position) -> {
              if (position != Position.NONE && Position.incarnation(position) == 0) {
                problem("options.session_token[" + shard + "]", "is not a position");
              }
            });
  }

  private void atMost(String field, long actual, long limit, String unit) {
    fields.atMost(field, actual, limit, unit);
  }

  private void problem(String field, String problem) {
    fields.problem(field, problem);
  }

  private void finish() {
    fields.finish();
  }
}
