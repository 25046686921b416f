package io.byssus.client.direct;

import io.byssus.clustermap.replicas.Replica;
import io.byssus.clustermap.replicas.ServerChannels;
import io.byssus.clustermap.replicas.ShardRouter;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import io.byssus.proto.internal.v1.ShardKeyResults;
import io.byssus.proto.internal.v1.ShardKeys;
import io.byssus.proto.internal.v1.ShardMultiGetRequest;
import io.byssus.proto.internal.v1.ShardMultiGetResponse;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.kv.v1.KeyResult;
import io.byssus.proto.kv.v1.MultiGetRequest;
import io.byssus.proto.kv.v1.MultiGetResponse;
import io.byssus.proto.kv.v1.ReadContext;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A multi-get that asks each server for its shards' keys at the same time and puts the answers
 * together. Where one server fails, the whole is refused: a dispatcher is asked then.
 */
final class DirectMultiGet extends ClientCall<MultiGetRequest, MultiGetResponse> {
  private final DirectRoutes routes;
  private final ShardRouter router;
  private final ServerChannels servers;
  private final CallOptions options;
  private Listener<MultiGetResponse> listener;
  private Metadata headers;
  private MultiGetRequest question;
  private DirectRoutes.Reading reading;

  // Guarded by this.
  private final List<ClientCall<?, ?>> calls = new ArrayList<>();
  private final Map<Integer, ReadContext> contexts = new HashMap<>();
  private KeyResult[] results;
  private int unanswered;
  private boolean over;

  /** The keys of one shard, by their places in the request. */
  private static final class OfShard {
    final List<Integer> places = new ArrayList<>();
    final ShardKeys.Builder keys = ShardKeys.newBuilder();
  }

  DirectMultiGet(
      DirectRoutes routes, ShardRouter router, ServerChannels servers, CallOptions options) {
    this.routes = routes;
    this.router = router;
    this.servers = servers;
    this.options = options;
  }

  @Override
  public void start(Listener<MultiGetResponse> responseListener, Metadata requestHeaders) {
    listener = responseListener;
    headers = requestHeaders;
  }

  @Override
  public void sendMessage(MultiGetRequest message) {
    question = message;
  }

  @Override
  public void request(int messages) {
    // There is one answer, given when it is whole.
  }

  @Override
  public void halfClose() {
    Map<Replica, Map<Integer, OfShard>> byServer;
    try {
      reading = routes.reading(question.getNamespace(), question.getOptions());
      byServer = byServer();
    } catch (ByssusException e) {
      refuse(e);
      return;
    }
    List<Runnable> starts = new ArrayList<>();
    synchronized (this) {
      if (over) {
        return;
      }
      results = new KeyResult[question.getKeysCount()];
      unanswered = byServer.size();
      byServer.forEach(
          (replica, shards) -> {
            ShardMultiGetRequest.Builder message =
                ShardMultiGetRequest.newBuilder()
                    .setNamespaceId(reading.namespaceId())
                    .setMaxBytes(Limits.MAX_RESPONSE_BYTES);
            shards.values().forEach(shard -> message.addShards(shard.keys));
            ClientCall<ShardMultiGetRequest, ShardMultiGetResponse> call =
                servers
                    .to(replica.address())
                    .newCall(ShardServiceGrpc.getMultiGetMethod(), options);
            calls.add(call);
            starts.add(() -> ask(call, message.build(), replica, List.copyOf(shards.values())));
          });
    }
    starts.forEach(Runnable::run);
  }

  private Map<Replica, Map<Integer, OfShard>> byServer() {
    Map<Integer, Replica> chosen = new HashMap<>();
    Map<Replica, Map<Integer, OfShard>> byServer = new LinkedHashMap<>();
    for (int place = 0; place < question.getKeysCount(); place++) {
      int shard = reading.shard(question.getKeys(place).getPartitionKey());
      long atLeast = reading.seen(shard);
      Replica replica = chosen.computeIfAbsent(shard, number -> routes.replica(number, atLeast));
      OfShard keys =
          byServer
              .computeIfAbsent(replica, server -> new LinkedHashMap<>())
              .computeIfAbsent(shard, number -> new OfShard());
      keys.keys.setView(reading.level().view(shard, atLeast)).addKeys(question.getKeys(place));
      keys.places.add(place);
    }
    return byServer;
  }

  private void ask(
      ClientCall<ShardMultiGetRequest, ShardMultiGetResponse> call,
      ShardMultiGetRequest message,
      Replica replica,
      List<OfShard> shards) {
    // Headers are not for several calls: gRPC adds to them.
    Metadata own = new Metadata();
    own.merge(headers);
    call.start(
        new Listener<>() {
          private ShardMultiGetResponse answer;

          @Override
          public void onMessage(ShardMultiGetResponse response) {
            answer = response;
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            if (!status.isOk()) {
              refuse(DirectCall.failed(router, replica, status.asRuntimeException(trailers)));
            } else {
              answered(shards, answer);
            }
          }
        },
        own);
    call.sendMessage(message);
    call.halfClose();
    call.request(2);
  }

  private void answered(List<OfShard> shards, ShardMultiGetResponse answer) {
    MultiGetResponse whole = null;
    try {
      synchronized (this) {
        if (over) {
          return;
        }
        if (answer == null || answer.getShardsCount() != shards.size()) {
          throw new ByssusException(ErrorCode.NO_REPLICA, "a server answered for other shards");
        }
        for (int i = 0; i < shards.size(); i++) {
          take(shards.get(i), answer.getShards(i));
        }
        unanswered--;
        if (unanswered == 0) {
          over = true;
          whole =
              MultiGetResponse.newBuilder()
                  .addAllResults(List.of(results))
                  .addAllContexts(contexts.values())
                  .build();
        }
      }
    } catch (ByssusException e) {
      refuse(e);
      return;
    }
    if (whole != null) {
      listener.onMessage(whole);
      listener.onClose(Status.OK, new Metadata());
    }
  }

  private void take(OfShard shard, ShardKeyResults found) {
    if (found.getResultsCount() != shard.places.size()) {
      throw new ByssusException(ErrorCode.NO_REPLICA, "a server answered for other keys");
    }
    if (found.hasContext()) {
      reading.check(found.getContext());
      contexts.put(found.getContext().getShard(), found.getContext());
    }
    for (int i = 0; i < shard.places.size(); i++) {
      KeyResult result = found.getResults(i);
      // What did not fit is asked for again; every other failure may be none at a dispatcher.
      if (result.hasError() && !result.getError().getReason().equals(ErrorCode.OVERLOADED.name())) {
        throw new ByssusException(
            ErrorCode.NO_REPLICA,
            result.getError().getReason() + ", " + result.getError().getMessage());
      }
      results[shard.places.get(i)] = result;
    }
  }

  private void refuse(ByssusException failure) {
    if (end()) {
      listener.onClose(DirectCall.status(failure), DirectCall.trailers(failure));
    }
  }

  @Override
  public void cancel(String message, Throwable cause) {
    if (end()) {
      listener.onClose(Status.CANCELLED.withDescription(message), new Metadata());
    }
  }

  /** Ends the call, once; whoever is still being asked is told to stop. */
  private boolean end() {
    List<ClientCall<?, ?>> running;
    synchronized (this) {
      if (over) {
        return false;
      }
      over = true;
      running = List.copyOf(calls);
    }
    running.forEach(call -> call.cancel("the call has ended", null));
    return true;
  }
}
