package io.byssus.dispatcher.reads;

import com.google.protobuf.ByteString;
import io.byssus.clustermap.scans.PageTokens;
import io.byssus.model.ErrorCode;
import io.byssus.model.FieldChecks;
import io.byssus.model.Limits;
import io.byssus.model.NamespaceNames;
import io.byssus.model.Position;
import io.byssus.proto.kv.v1.Criticality;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.ListVersionsRequest;
import io.byssus.proto.kv.v1.MultiGetRequest;
import io.byssus.proto.kv.v1.ReadOptions;
import io.byssus.proto.kv.v1.ResolveRequest;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanShardRequest;

/**
 * Holds reads to the limits of {@link Limits} and of the protocol's comments. Every method finds
 * all that is wrong with a request before it throws one {@link ErrorCode#INVALID_REQUEST}.
 */
public final class ReadChecks {
  private final FieldChecks fields = new FieldChecks();

  private ReadChecks() {}

  /** Checks a request. */
  public static void check(ResolveRequest request) {
    ReadChecks checks = new ReadChecks();
    checks.namespace(request.getNamespace());
    checks.fields.finish();
  }

  /** Checks a request. */
  public static void check(GetRequest request) {
    ReadChecks checks = new ReadChecks();
    checks.namespace(request.getNamespace());
    checks.fields.key("key", request.getKey());
    checks.readOptions(request.getOptions());
    checks.fields.finish();
  }

  /** Checks a request. */
  public static void check(MultiGetRequest request) {
    ReadChecks checks = new ReadChecks();
    checks.namespace(request.getNamespace());
    if (request.getKeysCount() == 0) {
      checks.fields.problem(
          "keys", "is empty; 1 to " + Limits.MAX_MULTI_GET_KEYS + " keys are allowed");
    }
    checks.fields.atMost("keys", request.getKeysCount(), Limits.MAX_MULTI_GET_KEYS, "keys");
    for (int i = 0; i < request.getKeysCount(); i++) {
      checks.fields.key("keys[" + i + "]", request.getKeys(i));
    }
    checks.readOptions(request.getOptions());
    checks.fields.finish();
  }

  /** Checks a request. */
  public static void check(ScanRequest request) {
    ReadChecks checks = new ReadChecks();
    checks.namespace(request.getNamespace());
    ByteString partitionKey = request.getPartitionKey();
    checks.fields.partitionKey("partition_key", partitionKey);
    checks.fields.sortKey("prefix", partitionKey, request.getPrefix());
    checks.fields.sortKey("range.start", partitionKey, request.getRange().getStart());
    checks.fields.sortKey("range.end", partitionKey, request.getRange().getEnd());
    checks.pageToken(request.getPageToken());
    checks.readOptions(request.getOptions());
    checks.fields.finish();
  }

  /** Checks a request. */
  public static void check(ScanShardRequest request) {
    ReadChecks checks = new ReadChecks();
    checks.namespace(request.getNamespace());
    checks.pageToken(request.getPageToken());
    checks.readOptions(request.getOptions());
    checks.fields.finish();
  }

  /** Checks a request. */
  public static void check(ListVersionsRequest request) {
    ReadChecks checks = new ReadChecks();
    checks.namespace(request.getNamespace());
    checks.fields.key("key", request.getKey());
    checks.fields.versions(request.getFromVersion(), request.getToVersion());
    checks.fields.atMost(
        "limit",
        Integer.toUnsignedLong(request.getLimit()),
        Limits.MAX_LISTED_VERSIONS,
        "versions");
    checks.pageToken(request.getPageToken());
    checks.readOptions(request.getOptions());
    checks.fields.finish();
  }

  private void pageToken(ByteString token) {
    if (!token.isEmpty() && PageTokens.decode(token).isEmpty()) {
      fields.problem("page_token", "is not a next_page_token that was answered");
    }
  }

  private void readOptions(ReadOptions options) {
    fields.readLevel("options", options.getConsistency(), options.getMaxStalenessMs());
    if (options.getCriticality() == Criticality.UNRECOGNIZED) {
      fields.problem(
          "options.criticality", "is not known here; SHEDDABLE, DEFAULT and CRITICAL are");
    }
    options
        .getSessionTokenMap()
        .forEach(
            (shard, position) -> {
              if (position != Position.NONE && Position.incarnation(position) == 0) {
                fields.problem("options.session_token[" + shard + "]", "is not a position");
              }
            });
  }

  private void namespace(String name) {
    NamespaceNames.problem(name).ifPresent(problem -> fields.problem("namespace", problem));
  }
}
