package io.byssus.server;

import com.google.protobuf.ByteString;
import io.byssus.model.ErrorCode;
import io.byssus.model.FieldChecks;
import io.byssus.model.Limits;
import io.byssus.model.Position;
import io.byssus.model.ShardHash;
import io.byssus.proto.internal.v1.AwaitAppliedRequest;
import io.byssus.proto.internal.v1.NamespaceSizesRequest;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardKeys;
import io.byssus.proto.internal.v1.ShardListVersionsRequest;
import io.byssus.proto.internal.v1.ShardMultiGetRequest;
import io.byssus.proto.internal.v1.ShardScanNamespaceRequest;
import io.byssus.proto.internal.v1.ShardScanRequest;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.WriterStamp;

/**
 * Holds calls to what a dispatcher would have held them to: SDKs call servers as well. Every method
 * finds all that is wrong with a request before it throws one {@link ErrorCode#INVALID_REQUEST}.
 */
final class ShardChecks {
  private final FieldChecks fields = new FieldChecks();
  private final int shardCount;

  /**
   * Checks for one request.
   *
   * @param shardCount the cluster's number of shards
   */
  private ShardChecks(int shardCount) {
    this.shardCount = shardCount;
  }

  static void check(ShardGetRequest request, int shardCount) {
    ShardChecks checks = new ShardChecks(shardCount);
    checks.view("view", request.getView());
    checks.namespace(request.getNamespaceId());
    checks.fields.key("key", request.getKey());
    checks.place("view", request.getView(), request.getNamespaceId(), "key", request.getKey());
    checks.fields.finish();
  }

  static void check(ShardMultiGetRequest request, int shardCount) {
    ShardChecks checks = new ShardChecks(shardCount);
    checks.namespace(request.getNamespaceId());
    checks.fields.atMost("shards", request.getShardsCount(), Limits.MAX_MULTI_GET_KEYS, "shards");
    long keys = request.getShardsList().stream().mapToLong(ShardKeys::getKeysCount).sum();
    checks.fields.atMost("shards.keys", keys, Limits.MAX_MULTI_GET_KEYS, "keys in all");
    if (keys == 0) {
      checks.fields.problem(
          "shards.keys", "are none; 1 to " + Limits.MAX_MULTI_GET_KEYS + " in all are allowed");
    }
    // What is too long is refused unread.
    checks.fields.finish();
    for (int i = 0; i < request.getShardsCount(); i++) {
      checks.keys("shards[" + i + "]", request.getNamespaceId(), request.getShards(i));
    }
    checks.fields.finish();
  }

  private void keys(String field, int namespaceId, ShardKeys keys) {
    view(field + ".view", keys.getView());
    for (int j = 0; j < keys.getKeysCount(); j++) {
      String key = field + ".keys[" + j + "]";
      fields.key(key, keys.getKeys(j));
      place(field + ".view", keys.getView(), namespaceId, key, keys.getKeys(j));
    }
  }

  static void check(ShardScanRequest request, int shardCount) {
    ShardChecks checks = new ShardChecks(shardCount);
    ByteString partitionKey = request.getPartitionKey();
    checks.view("view", request.getView());
    checks.namespace(request.getNamespaceId());
    checks.fields.partitionKey("partition_key", partitionKey);
    checks.fields.sortKey("start", partitionKey, request.getStart());
    checks.fields.sortKey("end", partitionKey, request.getEnd());
    checks.fields.sortKey("before", partitionKey, request.getBefore());
    if (request.hasBefore() && !request.getReverse()) {
      checks.fields.problem("before", "is set; it goes with reverse only");
    }
    checks.place(
        "view", request.getView(), request.getNamespaceId(), "partition_key", partitionKey);
    checks.fields.finish();
  }

  static void check(ShardScanNamespaceRequest request, int shardCount) {
    ShardChecks checks = new ShardChecks(shardCount);
    checks.view("view", request.getView());
    checks.namespace(request.getNamespaceId());
    if (request.hasAfter()) {
      checks.fields.key("after", request.getAfter());
      checks.place(
          "view", request.getView(), request.getNamespaceId(), "after", request.getAfter());
    }
    checks.fields.finish();
  }

  static void check(ShardListVersionsRequest request, int shardCount) {
    ShardChecks checks = new ShardChecks(shardCount);
    checks.view("view", request.getView());
    checks.namespace(request.getNamespaceId());
    checks.fields.key("key", request.getKey());
    checks.place("view", request.getView(), request.getNamespaceId(), "key", request.getKey());
    checks.fields.versions(request.getFromVersion(), request.getToVersion());
    long limit = Integer.toUnsignedLong(request.getLimit());
    if (limit < 1 || limit > Limits.MAX_LISTED_VERSIONS) {
      checks.fields.problem(
          "limit", "is " + limit + "; 1 to " + Limits.MAX_LISTED_VERSIONS + " is allowed");
    }
    checks.fields.finish();
  }

  static void check(NamespaceSizesRequest request) {
    ShardChecks checks = new ShardChecks(0);
    checks.namespace(request.getNamespaceId());
    checks.fields.atMost("shards", request.getShardsCount(), Limits.MAX_SHARDS, "shards");
    checks.fields.finish();
  }

  static void check(AwaitAppliedRequest request) {
    ShardChecks checks = new ShardChecks(0);
    checks.view("view", request.getView());
    checks.fields.atMost("stamps", request.getStampsCount(), Limits.MAX_ASKED_OUTCOMES, "writes");
    for (int i = 0; i < request.getStampsCount(); i++) {
      WriterStamp stamp = request.getStamps(i);
      String field = "stamps[" + i + "].";
      checks.fields.writerId(field + "writer_id", stamp.getWriterId());
      checks.fields.sequence(field, stamp.getSequence(), stamp.getLowestOpen());
    }
    checks.fields.finish();
  }

  private void view(String field, ShardView view) {
    fields.readLevel(field, view.getConsistency(), view.getMaxStalenessMs());
    if (view.getAtLeast() != Position.NONE && Position.incarnation(view.getAtLeast()) == 0) {
      fields.problem(field + ".at_least", "is not a position");
    }
  }

  private void namespace(int namespaceId) {
    if (namespaceId == 0) {
      fields.problem("namespace_id", "is missing");
    }
  }

  private void place(String at, ShardView view, int namespaceId, String field, Key key) {
    place(at, view, namespaceId, field + ".partition_key", key.getPartitionKey());
  }

  private void place(String at, ShardView view, int namespaceId, String field, ByteString key) {
    int shard = ShardHash.shard(namespaceId, key.toByteArray(), shardCount);
    if (!key.isEmpty() && shard != view.getShard()) {
      fields.problem(
          at + ".shard",
          "is "
              + Integer.toUnsignedString(view.getShard())
              + "; "
              + field
              + " belongs to shard "
              + shard
              + " of "
              + shardCount);
    }
  }
}
