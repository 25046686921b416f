package io.byssus.server;

import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
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
   * @param loop the caller's event loop, where memory is read once there is no more to wait for
   * @throws io.byssus.model.ByssusException where the read is refused at once
   */
  CompletableFuture<GetResponse> read(ShardGetRequest request, Executor loop) {
    return read(check(request), request, loop, sight -> RecordReads.getFromMemory(sight, request));
  }

  /** The same for what {@link #atOnce} did not tell: where memory has been asked, not again. */
  CompletableFuture<GetResponse> readLater(ShardGetRequest request, Executor loop) {
    Replica replica = check(request);
    boolean asked = views.atOnce(replica, request.getView()).isPresent();
    return read(
        replica,
        request,
        loop,
        sight -> asked ? Optional.empty() : RecordReads.getFromMemory(sight, request));
  }

  private CompletableFuture<GetResponse> read(
      Replica replica,
      ShardGetRequest request,
      Executor loop,
      Function<Sight, Optional<GetResponse>> fromMemory) {
    return namespaces
        .pass(request.getNamespaceId())
        .thenCompose(
            known ->
                views.readFromMemory(
                    replica,
                    request.getView(),
                    loop,
                    fromMemory,
                    sight -> RecordReads.get(sight, request)));
  }

  private Replica check(ShardGetRequest request) {
    Replica replica = host.replica(request.getView().getShard());
    ShardChecks.check(request, shardCount.getAsInt());
    return replica;
  }
}
