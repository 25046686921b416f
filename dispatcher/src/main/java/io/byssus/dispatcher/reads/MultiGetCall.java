package io.byssus.dispatcher.reads;

import io.byssus.clustermap.replicas.ReadLevel;
import io.byssus.clustermap.replicas.Replica;
import io.byssus.clustermap.replicas.ReplicaSearch;
import io.byssus.clustermap.replicas.ServerChannels;
import io.byssus.dispatcher.calls.CallDeadline;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.model.Limits;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.ShardKeyResults;
import io.byssus.proto.internal.v1.ShardKeys;
import io.byssus.proto.internal.v1.ShardMultiGetRequest;
import io.byssus.proto.internal.v1.ShardMultiGetResponse;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.KeyError;
import io.byssus.proto.kv.v1.KeyResult;
import io.byssus.proto.kv.v1.MultiGetRequest;
import io.byssus.proto.kv.v1.MultiGetResponse;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.proto.kv.v1.ReadOptions;
import io.grpc.Context;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One multi-get: the keys of each shard go to one of its replicas, those for one server in one
 * call. What a server could not answer goes on to the shards' other replicas, again grouped by
 * server, until all keys have a result or the deadline comes; the keys left then have the error.
 *
 * <p>Guarded by itself; answers of several servers come at the same time.
 */
final class MultiGetCall {
  private final ServerChannels channels;
  private final ScheduledExecutorService timer;
  private final int namespaceId;
  private final ReadLevel level;
  private final CallDeadline deadline;
  private final Context context = Context.current();
  private final List<Key> keys;
  private final KeyResult[] results;
  private final Map<Integer, ReadContext> contexts = new HashMap<>();
  private final CompletableFuture<MultiGetResponse> answer = new CompletableFuture<>();
  private int openKeys;

  /** The keys of one shard that have no result yet. */
  private static final class Part {
    final ReplicaSearch search;
    List<Integer> indexes = new ArrayList<>();

    Part(ReplicaSearch search) {
      this.search = search;
    }
  }

  private MultiGetCall(
      ServerChannels channels,
      ScheduledExecutorService timer,
      int namespaceId,
      ReadLevel level,
      List<Key> keys,
      CallDeadline deadline) {
    this.channels = channels;
    this.timer = timer;
    this.namespaceId = namespaceId;
    this.level = level;
    this.deadline = deadline;
    this.keys = keys;
    this.results = new KeyResult[keys.size()];
    this.openKeys = keys.size();
  }

  /** Starts; belongs to the current gRPC context and ends with it. */
  static CompletableFuture<MultiGetResponse> start(
      ShardLocator shards,
      ReplicaReads replicas,
      ServerChannels channels,
      ScheduledExecutorService timer,
      NamespaceEntry namespace,
      MultiGetRequest request,
      CallDeadline deadline) {
    MultiGetCall call =
        new MultiGetCall(
            channels,
            timer,
            namespace.getRules().getNamespaceId(),
            ReadLevel.of(request.getOptions(), namespace),
            request.getKeysList(),
            deadline);
    call.begin(shards, replicas, request.getOptions());
    return call.answer;
  }

  private synchronized void begin(ShardLocator shards, ReplicaReads replicas, ReadOptions options) {
    Map<Integer, Part> parts = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      int shard = shards.of(namespaceId, keys.get(i).getPartitionKey());
      try {
        parts
            .computeIfAbsent(
                shard,
                s -> new Part(replicas.search(shard, level, shards.atLeast(shard, level, options))))
            .indexes
            .add(i);
      } catch (ByssusException e) {
        if (e.code() != ErrorCode.SESSION_LOST) {
          throw e;
        }
        result(i, error(e));
      }
    }
    send(parts.values());
    finishIfComplete();
  }

  private synchronized void send(Collection<Part> parts) {
    if (context.isCancelled()) {
      answer.cancel(false);
      return;
    }
    Map<Replica, List<Part>> byServer = new LinkedHashMap<>();
    List<Part> pausing = new ArrayList<>();
    for (Part part : parts) {
      Optional<Replica> replica = deadline.passed() ? Optional.empty() : part.search.next();
      if (replica.isPresent()) {
        byServer.computeIfAbsent(replica.get(), r -> new ArrayList<>()).add(part);
      } else if (deadline.passed() || part.search.hopeless()) {
        giveUp(part, part.search.exhausted());
      } else {
        pausing.add(part);
      }
    }
    byServer.forEach(this::ask);
    for (Part part : pausing) {
      long pause = Math.min(part.search.newRound().toNanos(), deadline.remainingNanos());
      timer.schedule(context.wrap(() -> resend(part)), pause, TimeUnit.NANOSECONDS);
    }
  }

  private synchronized void resend(Part part) {
    send(List.of(part));
    finishIfComplete();
  }

  private void ask(Replica replica, List<Part> parts) {
    ShardMultiGetRequest.Builder question =
        ShardMultiGetRequest.newBuilder()
            .setNamespaceId(namespaceId)
            .setMaxBytes(Limits.MAX_RESPONSE_BYTES);
    for (Part part : parts) {
      ShardKeys.Builder shard = question.addShardsBuilder();
      shard.setView(level.view(part.search.shard(), part.search.atLeast()));
      part.indexes.forEach(index -> shard.addKeys(keys.get(index)));
    }
    channels
        .ask(
            replica,
            ShardServiceGrpc.getMultiGetMethod(),
            question.build(),
            deadline.attemptNanos())
        .whenComplete(
            (response, failure) ->
                context.run(
                    () -> {
                      if (failure == null) {
                        answered(replica, parts, response);
                      } else {
                        failed(replica, parts, GrpcErrors.fromGrpc(failure, ErrorCode.NO_REPLICA));
                      }
                    }));
  }

  private synchronized void failed(Replica replica, List<Part> parts, ByssusException failure) {
    List<Part> again = new ArrayList<>();
    for (Part part : parts) {
      if (context.isCancelled() || part.search.failed(replica, failure)) {
        again.add(part);
      } else {
        giveUp(part, failure);
      }
    }
    send(again);
    finishIfComplete();
  }

  private synchronized void answered(
      Replica replica, List<Part> parts, ShardMultiGetResponse response) {
    if (response.getShardsCount() != parts.size()) {
      failed(replica, parts, nonsense(replica));
      return;
    }
    List<Part> again = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      if (!take(part, response.getShards(i), replica)) {
        again.add(part);
      }
    }
    send(again);
    finishIfComplete();
  }

  /** Takes a shard's results; answers whether none is left to be asked elsewhere. */
  private boolean take(Part part, ShardKeyResults shard, Replica replica) {
    if (shard.getResultsCount() != part.indexes.size()) {
      part.search.failed(replica, nonsense(replica));
      return false;
    }
    Optional<ByssusException> objection = level.objection(shard.getContext());
    if (objection.isPresent()) {
      part.search.failed(replica, objection.get());
      return false;
    }
    if (shard.hasContext()) {
      contexts.merge(part.search.shard(), shard.getContext(), MultiGetCall::laterOf);
    }
    List<Integer> left = new ArrayList<>();
    for (int i = 0; i < part.indexes.size(); i++) {
      KeyResult result = shard.getResults(i);
      Optional<ByssusException> elsewhere = askElsewhere(result);
      if (elsewhere.isPresent()) {
        part.search.failed(replica, elsewhere.get());
        left.add(part.indexes.get(i));
      } else {
        result(part.indexes.get(i), result);
      }
    }
    part.indexes = left;
    return left.isEmpty();
  }

  /** The failure behind a key's result where another replica may do better. */
  private static Optional<ByssusException> askElsewhere(KeyResult result) {
    if (!result.hasError()) {
      return Optional.empty();
    }
    // A key that is OVERLOADED did not fit into the answer, and fits into no other.
    return ErrorCode.named(result.getError().getReason())
        .filter(code -> code != ErrorCode.OVERLOADED)
        .filter(ReplicaSearch::mayHelpElsewhere)
        .map(code -> new ByssusException(code, result.getError().getMessage()));
  }

  private void giveUp(Part part, ByssusException failure) {
    part.indexes.forEach(index -> result(index, error(failure)));
  }

  private void result(int index, KeyResult result) {
    results[index] = result;
    openKeys--;
  }

  private void finishIfComplete() {
    if (openKeys == 0) {
      answer.complete(response());
    }
  }

  /** All results in order; from the one that would pass the limit on, values are left out. */
  private MultiGetResponse response() {
    MultiGetResponse.Builder response = MultiGetResponse.newBuilder();
    long bytes = 0;
    for (KeyResult result : results) {
      bytes += result.getRecord().getValue().size();
      response.addResults(
          result.hasRecord() && bytes > Limits.MAX_RESPONSE_BYTES ? tooMuch() : result);
    }
    return response.addAllContexts(contexts.values()).build();
  }

  private static KeyResult tooMuch() {
    return error(
        new ByssusException(
            ErrorCode.OVERLOADED,
            "the answer is full at "
                + Limits.MAX_RESPONSE_BYTES
                + " bytes; ask for this key again"));
  }

  private static KeyResult error(ByssusException failure) {
    return KeyResult.newBuilder()
        .setError(
            KeyError.newBuilder().setReason(failure.code().name()).setMessage(failure.getMessage()))
        .build();
  }

  private static ByssusException nonsense(Replica replica) {
    return new ByssusException(
        ErrorCode.INTERNAL_FAULT, replica.nodeId() + " answered for other keys than it was asked");
  }

  private static ReadContext laterOf(ReadContext a, ReadContext b) {
    return Long.compareUnsigned(a.getPosition(), b.getPosition()) >= 0 ? a : b;
  }
}
