package io.byssus.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.proto.internal.v1.ShardServiceGrpc.ShardServiceImplBase;
import io.byssus.proto.internal.v1.WatchReplicasRequest;
import io.byssus.proto.internal.v1.WatchReplicasResponse;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServerViewTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private Server server;

  @AfterEach
  void stop() {
    if (server != null) {
      server.shutdownNow();
    }
  }

  @Test
  void returnsOnceEveryShardIsCaughtUpAtItsPosition() throws IOException {
    try (ServerView view =
        serving(
            List.of(report(1, ReplicaState.CATCHING_UP, 5), report(2, ReplicaState.CAUGHT_UP, 9)),
            List.of(report(1, ReplicaState.CAUGHT_UP, 7)),
            List.of(report(1, ReplicaState.CAUGHT_UP, 8)))) {
      view.awaitCaughtUp(Map.of(1, 8L, 2, 9L), LIMIT);
    }
  }

  @Test
  void aShardShortOfItsPositionIsNamedWhenTimeIsUp() throws IOException {
    try (ServerView view =
        serving(
            List.of(report(1, ReplicaState.CAUGHT_UP, 7), report(2, ReplicaState.OPENING, 0)))) {
      ClusterFailure failure =
          assertThrows(
              ClusterFailure.class,
              () -> view.awaitCaughtUp(Map.of(1, 8L, 2, 0L, 3, 0L), Duration.ofMillis(500)));
      assertTrue(
          failure.getMessage().contains("{1=short of the position, 2=OPENING, 3=not reported}"),
          failure.getMessage());
    }
  }

  @Test
  void aHaltedReplicaIsNotWaitedFor() throws IOException {
    ReplicaReport halted =
        report(1, ReplicaState.HALTED, 3).toBuilder().setHaltReason("LOG_LOST: gone").build();
    try (ServerView view = serving(List.of(halted))) {
      ClusterFailure failure =
          assertThrows(ClusterFailure.class, () -> view.awaitCaughtUp(Map.of(1, 0L), LIMIT));
      assertTrue(failure.getMessage().endsWith("LOG_LOST: gone"), failure.getMessage());
    }
  }

  @Test
  void positionsOfLaterIncarnationsAreLaterThoughTheirNumbersLookNegative() {
    long late = 0x8001_0000_0000_0000L;
    Map<Integer, ReplicaReport> reports =
        Map.of(1, report(1, ReplicaState.CAUGHT_UP, 0x0001_0000_0000_0005L));
    assertEquals(Map.of(1, "short of the position"), ServerView.behind(Map.of(1, late), reports));
    assertEquals(Map.of(), ServerView.behind(Map.of(1, 0x0001_0000_0000_0005L), reports));
  }

  private static ReplicaReport report(int shard, ReplicaState state, long position) {
    return ReplicaReport.newBuilder()
        .setShard(shard)
        .setState(state)
        .setAppliedPosition(position)
        .build();
  }

  /** A server that tells these reports, step by step, and then nothing more. */
  @SafeVarargs
  private ServerView serving(List<ReplicaReport>... steps) throws IOException {
    server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(
                new ShardServiceImplBase() {
                  @Override
                  public void watchReplicas(
                      WatchReplicasRequest request, StreamObserver<WatchReplicasResponse> answer) {
                    for (List<ReplicaReport> step : steps) {
                      answer.onNext(
                          WatchReplicasResponse.newBuilder().addAllReplicas(step).build());
                    }
                  }
                })
            .build()
            .start();
    return new ServerView("127.0.0.1:" + server.getPort());
  }
}
