package io.byssus.cluster;

import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.internal.v1.DumpReplicaRequest;
import io.byssus.proto.internal.v1.DumpReplicaResponse;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.internal.v1.WatchReplicasRequest;
import io.byssus.proto.internal.v1.WatchReplicasResponse;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * One server, asked directly and not through a dispatcher: what it holds itself, and how far it has
 * come. For tests, the demo and local mode.
 */
public final class ServerView implements AutoCloseable {
  private static final int MESSAGE_BYTES = 16 << 20;

  private final String address;
  private final ManagedChannel channel;

  /** A view of the server at host:port; connects when it is first used. */
  public ServerView(String address) {
    this.address = address;
    this.channel =
        ManagedChannelBuilder.forTarget("dns:///" + address)
            .usePlaintext()
            .maxInboundMessageSize(MESSAGE_BYTES)
            .build();
  }

  /**
   * Waits until the server's replicas of these shards are caught up and have applied these
   * positions. A server that is not there yet is waited for.
   *
   * @param positions by shard: what must have been applied, packed; 0 for anything
   * @throws ClusterFailure where one of them has halted, or time is up
   */
  public void awaitCaughtUp(Map<Integer, Long> positions, Duration limit) {
    Map<Integer, ReplicaReport> reports = new TreeMap<>();
    try (Context.CancellableContext call = Context.current().withCancellation()) {
      call.run(() -> follow(positions, limit, reports));
    } catch (StatusRuntimeException e) {
      throw new ClusterFailure(
          "the server at "
              + address
              + " does not catch up within "
              + limit.toSeconds()
              + " s ("
              + e.getStatus().getCode()
              + "); still behind: "
              + behind(positions, reports),
          e);
    }
  }

  private void follow(
      Map<Integer, Long> positions, Duration limit, Map<Integer, ReplicaReport> reports) {
    Iterator<WatchReplicasResponse> changes =
        ShardServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS)
            .withWaitForReady()
            .watchReplicas(WatchReplicasRequest.getDefaultInstance());
    while (!behind(positions, reports).isEmpty()) {
      WatchReplicasResponse change = changes.next();
      change.getReplicasList().forEach(report -> reports.put(report.getShard(), report));
      change.getRemovedList().forEach(reports::remove);
      refuseHalted(positions, reports);
    }
  }

  private void refuseHalted(Map<Integer, Long> positions, Map<Integer, ReplicaReport> reports) {
    for (ReplicaReport report : reports.values()) {
      if (report.getState() == ReplicaState.HALTED && positions.containsKey(report.getShard())) {
        throw new ClusterFailure(
            "shard "
                + report.getShard()
                + " on the server at "
                + address
                + " has halted: "
                + report.getHaltReason());
      }
    }
  }

  /** What is missing, by shard. */
  static Map<Integer, String> behind(
      Map<Integer, Long> positions, Map<Integer, ReplicaReport> reports) {
    Map<Integer, String> behind = new TreeMap<>();
    positions.forEach(
        (shard, position) -> {
          ReplicaReport report = reports.get(shard);
          if (report == null) {
            behind.put(shard, "not reported");
          } else if (report.getState() != ReplicaState.CAUGHT_UP) {
            behind.put(shard, report.getState().name());
          } else if (Long.compareUnsigned(report.getAppliedPosition(), position) < 0) {
            behind.put(shard, "short of the position");
          }
        });
    return behind;
  }

  /**
   * Everything that its replica of a shard holds, piece by piece, as of one position. The iterator
   * throws {@link StatusRuntimeException}.
   *
   * @param position what must have been applied before, packed; 0 for anything
   */
  public Iterator<DumpReplicaResponse> dump(int shard, long position, Duration limit) {
    return ShardServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS)
        .withWaitForReady()
        .dumpReplica(
            DumpReplicaRequest.newBuilder()
                .setView(ShardView.newBuilder().setShard(shard).setAtLeast(position))
                .build());
  }

  /** Ends the connection. */
  @Override
  public void close() {
    channel.shutdownNow();
  }
}
