package io.byssus.server;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import io.byssus.proto.internal.v1.ShardKeyResults;
import io.byssus.proto.internal.v1.ShardKeys;
import io.byssus.proto.internal.v1.ShardMultiGetRequest;
import io.byssus.proto.internal.v1.ShardMultiGetResponse;
import io.byssus.proto.kv.v1.Absent;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.KeyError;
import io.byssus.proto.kv.v1.KeyResult;
import io.byssus.storage.Shard;
import io.byssus.storage.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.IntFunction;

/**
 * Reads records of several replicas for one call; what goes wrong with one replica is the error of
 * its keys alone.
 */
final class MultiRead {
  private final IntFunction<Replica> replicas;
  private final ReadViews views;
  private final ShardMultiGetRequest request;
  private final long maxBytes;
  private long bytes;

  /**
   * A read that has not begun.
   *
   * @param replicas the replica of a shard; throws where there is none
   */
  MultiRead(IntFunction<Replica> replicas, ReadViews views, ShardMultiGetRequest request) {
    this.replicas = replicas;
    this.views = views;
    this.request = request;
    long asked = request.getMaxBytes();
    this.maxBytes =
        asked > 0 ? Math.min(asked, Limits.MAX_RESPONSE_BYTES) : Limits.MAX_RESPONSE_BYTES;
  }

  CompletableFuture<ShardMultiGetResponse> run() {
    List<CompletableFuture<ShardKeyResults>> shards = new ArrayList<>();
    for (ShardKeys keys : request.getShardsList()) {
      shards.add(new OfShard(keys).read());
    }
    return CompletableFuture.allOf(shards.toArray(CompletableFuture[]::new))
        .thenApply(
            done -> {
              ShardMultiGetResponse.Builder answer = ShardMultiGetResponse.newBuilder();
              shards.forEach(shard -> answer.addShards(shard.join()));
              return answer.build();
            });
  }

  /** The keys of one shard. They may be read in several passes, of which the last one counts. */
  private final class OfShard {
    private final ShardKeys keys;
    private long taken;

    OfShard(ShardKeys keys) {
      this.keys = keys;
    }

    CompletableFuture<ShardKeyResults> read() {
      try {
        Replica replica = replicas.apply(keys.getView().getShard());
        return views.read(replica, keys.getView(), this::pass).exceptionally(this::failed);
      } catch (ByssusException e) {
        return CompletableFuture.completedFuture(failed(e));
      }
    }

    private ShardKeyResults pass(Sight sight) {
      discard();
      ShardKeyResults.Builder results = ShardKeyResults.newBuilder();
      Shard shard = sight.shard();
      long seen = shard.appliedPosition();
      for (Key key : keys.getKeysList()) {
        results.addResults(read(shard, key));
      }
      return results.setContext(sight.context(seen)).build();
    }

    /** What an earlier pass took of the answer's room is free again. */
    private void discard() {
      giveBack(taken);
      taken = 0;
    }

    private KeyResult read(Shard shard, Key key) {
      Optional<StoredRecord> found =
          shard.get(request.getNamespaceId(), key.getPartitionKey(), key.getSortKey());
      if (found.isEmpty()) {
        return KeyResult.newBuilder().setAbsent(Absent.getDefaultInstance()).build();
      }
      int valueBytes = found.get().value().size();
      if (!takes(valueBytes)) {
        return error(
            ErrorCode.OVERLOADED,
            "the answer is full at " + maxBytes + " bytes; ask again for this key");
      }
      taken += valueBytes;
      return KeyResult.newBuilder().setRecord(RecordReads.encode(found.get())).build();
    }

    private ShardKeyResults failed(Throwable failure) {
      discard();
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      if (!(cause instanceof ByssusException error)) {
        throw cause instanceof RuntimeException e ? e : new CompletionException(cause);
      }
      KeyResult result = error(error.code(), error.getMessage());
      ShardKeyResults.Builder results = ShardKeyResults.newBuilder();
      keys.getKeysList().forEach(key -> results.addResults(result));
      return results.build();
    }
  }

  /** Whether the answer has room; the first value always has. */
  private synchronized boolean takes(int valueBytes) {
    if (bytes > 0 && bytes + valueBytes > maxBytes) {
      return false;
    }
    bytes += valueBytes;
    return true;
  }

  private synchronized void giveBack(long valueBytes) {
    bytes -= valueBytes;
  }

  private static KeyResult error(ErrorCode code, String message) {
    return KeyResult.newBuilder()
        .setError(KeyError.newBuilder().setReason(code.name()).setMessage(message))
        .build();
  }
}
