package io.byssus.server;

import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.IntSupplier;

/**
 * Reads of single records, begun on gRPC's event loop, which must not wait for the disk: what
 * memory cannot tell is read by a thread that may.
 */
final class PointReads {
  private final IntSupplier shardCount;
  private final ReplicaHost host;
  private final NamespaceGate namespaces;
  private final ReadViews views;

  /**
   * Reads of the replicas that a host holds.
   *
   * @param shardCount the cluster's number of shards
   */
  PointReads(IntSupplier shardCount, ReplicaHost host, NamespaceGate namespaces, ReadViews views) {
    this.shardCount = shardCount;
    this.host = host;
    this.namespaces = namespaces;
    this.views = views;
  }

  /**
   * Reads a record where that needs no waiting, neither for the map nor for the replica nor for the
   * disk; empty where it does.
   *
   * @throws io.byssus.model.ByssusException where the read is refused
   */
  Optional<GetResponse> atOnce(ShardGetRequest request) {
    Replica replica = check(request);
    return namespaces.isOpen(request.getNamespaceId())
        ? views
            .atOnce(replica, request.getView())
            .flatMap(sight -> RecordReads.getFromMemory(sight, request))
        : Optional.empty();
  }

  /**
   * Reads a record, and waits for what has to be waited for, within the current gRPC context.
   *
   * @throws io.byssus.model.ByssusException where the read is refused at once
   */
  CompletableFuture<GetResponse> read(ShardGetRequest request) {
    return read(request, sight -> RecordReads.getFromMemory(sight, request));
  }

  /** The same for what {@link #atOnce} did not tell: memory is not asked again. */
  CompletableFuture<GetResponse> readLater(ShardGetRequest request) {
    return read(request, sight -> Optional.empty());
  }

  private CompletableFuture<GetResponse> read(
      ShardGetRequest request, Function<Sight, Optional<GetResponse>> fromMemory) {
    Replica replica = check(request);
    return namespaces
        .pass(request.getNamespaceId())
        .thenCompose(
            known ->
                views.readFromMemory(
                    replica,
                    request.getView(),
                    fromMemory,
                    sight -> RecordReads.get(sight, request)));
  }

  private Replica check(ShardGetRequest request) {
    Replica replica = host.replica(request.getView().getShard());
    ShardChecks.check(request, shardCount.getAsInt());
    return replica;
  }
}
