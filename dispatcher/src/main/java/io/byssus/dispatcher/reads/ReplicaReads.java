package io.byssus.dispatcher.reads;

import io.byssus.clustermap.replicas.ReadLevel;
import io.byssus.clustermap.replicas.ReplicaSearch;
import io.byssus.clustermap.replicas.ServerCalls;
import io.byssus.clustermap.replicas.ShardRouter;
import io.byssus.dispatcher.calls.CallDeadline;
import io.byssus.dispatcher.calls.Stamps;
import io.byssus.model.ByssusException;
import io.byssus.model.Position;
import io.byssus.proto.internal.v1.AwaitAppliedRequest;
import io.byssus.proto.internal.v1.AwaitAppliedResponse;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardListVersionsRequest;
import io.byssus.proto.internal.v1.ShardListVersionsResponse;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.proto.log.v1.WriterStamp;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The questions of one answer each that replicas are asked, one replica after the other. */
final class ReplicaReads {
  private final ShardRouter router;
  private final ServerCalls servers;
  private final ReplicaCall.Tools tools;
  private final Hedges hedges = new Hedges();

  ReplicaReads(ShardRouter router, ServerCalls servers, ReplicaCall.Tools tools) {
    this.router = router;
    this.servers = servers;
    this.tools = tools;
  }

  /** A way through the replicas of a shard. */
  ReplicaSearch search(int shard, ReadLevel level, long atLeast) {
    boolean patient = level.mayWait() || atLeast != Position.NONE;
    return new ReplicaSearch(router, shard, atLeast, patient, tools.metrics()::retried);
  }

  CompletableFuture<GetResponse> get(
      RecordQuestion question, ReadLevel level, long atLeast, CallDeadline deadline) {
    ShardGetRequest request = question.at(level, atLeast);
    return read(
        ShardServiceGrpc.getGetMethod(),
        request,
        request.getView(),
        level,
        GetResponse::getContext,
        deadline);
  }

  CompletableFuture<ShardListVersionsResponse> listVersions(
      ShardListVersionsRequest request, ReadLevel level, CallDeadline deadline) {
    return read(
        ShardServiceGrpc.getListVersionsMethod(),
        request,
        request.getView(),
        level,
        ShardListVersionsResponse::getContext,
        deadline);
  }

  private <Q, A> CompletableFuture<A> read(
      MethodDescriptor<Q, A> method,
      Q request,
      ShardView view,
      ReadLevel level,
      Function<A, ReadContext> context,
      CallDeadline deadline) {
    return ReplicaCall.start(
        search(view.getShard(), level, view.getAtLeast()),
        deadline,
        tools,
        Optional.of(hedges.lane(method.getBareMethodName(), level.consistency())),
        (replica, timeout) ->
            servers
                .ask(replica, method, request, timeout)
                .thenApply(answer -> goodEnough(answer, level.objection(context.apply(answer)))));
  }

  private static <A> A goodEnough(A answer, Optional<ByssusException> objection) {
    if (objection.isPresent()) {
      throw objection.get();
    }
    return answer;
  }

  /** Asks replicas what became of writes; they answer once they have applied the position. */
  CompletableFuture<AwaitAppliedResponse> awaitApplied(
      int shard, long position, List<WriterStamp> stamps, CallDeadline deadline) {
    AwaitAppliedRequest question =
        AwaitAppliedRequest.newBuilder()
            .setView(ShardView.newBuilder().setShard(shard).setAtLeast(position))
            .addAllStamps(stamps.stream().map(Stamps::toCaller).toList())
            .build();
    return ReplicaCall.start(
        new ReplicaSearch(router, shard, position, true, tools.metrics()::retried),
        deadline,
        tools,
        Optional.empty(),
        (replica, timeout) ->
            servers.ask(replica, ShardServiceGrpc.getAwaitAppliedMethod(), question, timeout));
  }
}
