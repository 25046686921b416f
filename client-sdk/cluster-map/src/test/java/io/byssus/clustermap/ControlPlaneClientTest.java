package io.byssus.clustermap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.internal.v1.ControlPlaneServiceGrpc;
import io.byssus.proto.internal.v1.HeartbeatRequest;
import io.byssus.proto.internal.v1.HeartbeatResponse;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ControlPlaneClientTest {
  private FakeMember a;
  private FakeMember b;
  private FakeMember c;
  private ControlPlaneClient client;

  @BeforeEach
  void start() throws Exception {
    a = new FakeMember();
    b = new FakeMember();
    c = new FakeMember();
    client = new ControlPlaneClient(FakeMember.addresses(a, b, c));
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    a.close();
    b.close();
    c.close();
  }

  private HeartbeatResponse heartbeat(Duration limit) {
    return client.call(
        limit,
        channel ->
            ControlPlaneServiceGrpc.newBlockingStub(channel)
                .heartbeat(HeartbeatRequest.getDefaultInstance()));
  }

  private static void refuses(FakeMember member, String hint) {
    member.onHeartbeat =
        request -> {
          throw FakeMember.notLeader(hint);
        };
  }

  @Test
  void theHintIsFollowedAndRemembered() {
    refuses(a, c.address());
    heartbeat(Duration.ofSeconds(5));
    heartbeat(Duration.ofSeconds(5));
    assertEquals(1, a.heartbeats.size(), "the second call goes straight to the leader");
    assertEquals(0, b.heartbeats.size());
    assertEquals(2, c.heartbeats.size());
  }

  @Test
  void withoutAHintTheOtherMembersAreTried() {
    refuses(a, "");
    refuses(b, "");
    heartbeat(Duration.ofSeconds(5));
    assertEquals(1, c.heartbeats.size());
  }

  @Test
  void aDeadLeaderIsLeftForTheNext() throws Exception {
    heartbeat(Duration.ofSeconds(5));
    a.stop();
    heartbeat(Duration.ofSeconds(5));
    assertEquals(1, b.heartbeats.size());
  }

  @Test
  void aLeaderThatHangsIsLeftWhileTimeRemains() {
    a.onHeartbeat = request -> Optional.empty();
    heartbeat(Duration.ofSeconds(4));
    assertEquals(1, b.heartbeats.size());
  }

  @Test
  void membersThatNameEachOtherDoNotHoldTheCall() {
    refuses(a, b.address());
    refuses(b, a.address());
    heartbeat(Duration.ofSeconds(5));
    assertEquals(1, c.heartbeats.size());
  }

  @Test
  void aMemberThatComesBackIsFoundWithinTheCall() throws Exception {
    a.stop();
    b.stop();
    c.stop();
    CompletableFuture<HeartbeatResponse> call =
        CompletableFuture.supplyAsync(() -> heartbeat(Duration.ofSeconds(20)));
    assertThrows(
        java.util.concurrent.TimeoutException.class,
        () -> call.get(1500, java.util.concurrent.TimeUnit.MILLISECONDS));
    long back = System.nanoTime();
    b.startAgain();
    call.get();
    Duration took = Duration.ofNanos(System.nanoTime() - back);
    assertTrue(took.compareTo(Duration.ofSeconds(4)) < 0, "took " + took);
  }

  @Test
  void withNoLeaderTheCallFailsInTimeAndSaysWhatItHeard() {
    refuses(a, "");
    refuses(b, "");
    refuses(c, "");
    long start = System.nanoTime();
    ByssusException error =
        assertThrows(ByssusException.class, () -> heartbeat(Duration.ofMillis(700)));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertEquals(ErrorCode.CONTROL_PLANE_UNAVAILABLE, error.code());
    assertTrue(error.getMessage().contains("not the leader"), error.getMessage());
    assertTrue(took.compareTo(Duration.ofSeconds(3)) < 0, "took " + took);
    assertTrue(a.heartbeats.size() < 30, "the members are not asked without pause");
  }

  @Test
  void oneMemberOfAnotherClusterDoesNotSpeakForOursThatIsElectingItsLeader() {
    client.speakFor(() -> "ours");
    a.clusterId = "ours";
    b.clusterId = "ours";
    c.clusterId = "theirs";
    a.onHeartbeat =
        request -> {
          if (a.heartbeats.size() < 3) {
            throw FakeMember.notLeader("");
          }
          return Optional.of(HeartbeatResponse.newBuilder().setLeaseMs(77).build());
        };
    refuses(b, "");
    assertEquals(77, heartbeat(Duration.ofSeconds(20)).getLeaseMs());
  }

  @Test
  void aMemberThatHangsUntilTheTimeIsOverDoesNotHideWhatAnotherSaid() {
    refuses(a, "");
    b.onHeartbeat = request -> Optional.empty();
    c.onHeartbeat = request -> Optional.empty();
    ByssusException error =
        assertThrows(ByssusException.class, () -> heartbeat(Duration.ofMillis(700)));
    assertEquals(ErrorCode.CONTROL_PLANE_UNAVAILABLE, error.code());
    assertTrue(error.getMessage().contains("not the leader"), error.getMessage());
  }

  @Test
  void aMemberOfAnotherClusterIsLeftForOneOfOursAndNamedWhereThereIsNone() {
    client.speakFor(() -> "ours");
    a.clusterId = "theirs";
    b.clusterId = "";
    c.clusterId = "ours";
    heartbeat(Duration.ofSeconds(5));
    assertEquals(0, a.heartbeats.size() + b.heartbeats.size());
    assertEquals(1, c.heartbeats.size());
    c.clusterId = "theirs too";
    ByssusException error =
        assertThrows(ByssusException.class, () -> heartbeat(Duration.ofSeconds(20)));
    assertEquals(ErrorCode.WRONG_CLUSTER, error.code());
    assertEquals(1, c.heartbeats.size());
    c.clusterId = "ours";
    heartbeat(Duration.ofSeconds(5));
  }

  @Test
  void whatTheLeaderRefusesIsNotTriedElsewhere() {
    a.onHeartbeat =
        request -> {
          throw GrpcErrors.toGrpc(
              new ByssusException(ErrorCode.NOT_FOUND_IN_CLUSTER, "no such node"));
        };
    ByssusException error =
        assertThrows(ByssusException.class, () -> heartbeat(Duration.ofSeconds(5)));
    assertEquals(ErrorCode.NOT_FOUND_IN_CLUSTER, error.code());
    assertEquals(0, b.heartbeats.size() + c.heartbeats.size());
  }

  private static StatusRuntimeException logIsAway() {
    return GrpcErrors.toGrpc(new ByssusException(ErrorCode.LOG_UNAVAILABLE, "Kafka is away"));
  }

  @Test
  void aLeaderThatWaitsForTheLogIsAskedAgainWhileTimeRemains() {
    a.onHeartbeat =
        request -> {
          if (a.heartbeats.size() < 3) {
            throw logIsAway();
          }
          return Optional.of(HeartbeatResponse.newBuilder().setLeaseMs(77).build());
        };
    assertEquals(77, heartbeat(Duration.ofSeconds(20)).getLeaseMs());
    assertEquals(3, a.heartbeats.size());
    assertEquals(0, b.heartbeats.size() + c.heartbeats.size(), "the others cannot help");
  }

  @Test
  void aLogThatStaysAwayIsTheReasonThatReachesTheCallerInTime() {
    a.onHeartbeat =
        request -> {
          throw logIsAway();
        };
    long start = System.nanoTime();
    ByssusException error =
        assertThrows(ByssusException.class, () -> heartbeat(Duration.ofMillis(2_500)));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertEquals(ErrorCode.LOG_UNAVAILABLE, error.code());
    assertTrue(took.compareTo(Duration.ofMillis(1_250)) > 0, "took only " + took);
    assertTrue(took.compareTo(Duration.ofMillis(2_500)) < 0, "took " + took);
    assertTrue(a.heartbeats.size() < 20, "the leader is not asked without pause");
  }

  @Test
  void anInterruptEndsTheCall() throws Exception {
    a.onHeartbeat = request -> Optional.empty();
    CompletableFuture<ErrorCode> ended = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                heartbeat(Duration.ofSeconds(25));
              } catch (ByssusException e) {
                ended.complete(e.code());
              }
            });
    caller.start();
    org.awaitility.Awaitility.await().until(() -> a.heartbeats.size() == 1);
    caller.interrupt();
    assertEquals(ErrorCode.CONTROL_PLANE_UNAVAILABLE, ended.get());
  }
}
