package io.byssus.clustermap;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.internal.v1.RegisterNodeResponse;
import io.byssus.proto.internal.v1.ReplicaReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class NodeLeaseTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private FakeMember member;
  private ControlPlaneClient client;
  private NodeLease lease;

  @BeforeEach
  void start() throws Exception {
    member = new FakeMember();
    client = new ControlPlaneClient(FakeMember.addresses(member));
  }

  @AfterEach
  void stop() throws Exception {
    lease.close();
    client.close();
    member.close();
  }

  private void begin() {
    AtomicInteger beat = new AtomicInteger();
    lease =
        NodeLease.start(
            client,
            Maps.node("s1"),
            () -> "c",
            () -> 40 + beat.get(),
            () -> List.of(ReplicaReport.newBuilder().setShard(beat.incrementAndGet()).build()));
  }

  private static RuntimeException refusal(ErrorCode code) {
    return GrpcErrors.toGrpc(new ByssusException(code, "as the test wants it"));
  }

  @Test
  void theNodeIsRegisteredAndTheLeaseRenewedWithFreshReports() throws Exception {
    begin();
    assertTrue(lease.awaitHeld(LIMIT));
    await().atMost(LIMIT).until(() -> member.heartbeats.size() >= 3);
    assertEquals(1, member.registrations.size());
    assertEquals("c", member.registrations.get(0).getClusterId());
    assertEquals(1, member.heartbeats.get(0).getReplicas(0).getShard());
    assertEquals(2, member.heartbeats.get(1).getReplicas(0).getShard());
    assertEquals("i-s1", member.heartbeats.get(1).getInstanceId());
    assertEquals(41, member.heartbeats.get(1).getMapRevision(), "read before the report is made");
    assertTrue(lease.held());
  }

  @Test
  void aReportThatCannotBeMadeDoesNotEndTheHeartbeats() throws Exception {
    AtomicInteger beat = new AtomicInteger();
    lease =
        NodeLease.start(
            client,
            Maps.node("s1"),
            () -> "c",
            () -> 0,
            () -> {
              if (beat.incrementAndGet() == 1) {
                throw new StackOverflowError("as the test wants it");
              }
              return List.of();
            });
    await().atMost(LIMIT).until(() -> member.heartbeats.size() >= 2);
  }

  @Test
  void aForgottenNodeRegistersAnew() throws Exception {
    begin();
    await().atMost(LIMIT).until(() -> member.heartbeats.size() >= 1);
    var usual = member.onHeartbeat;
    member.onHeartbeat =
        request -> {
          member.onHeartbeat = usual;
          throw refusal(ErrorCode.NOT_FOUND_IN_CLUSTER);
        };
    await().atMost(LIMIT).until(() -> member.registrations.size() == 2);
    assertTrue(lease.awaitHeld(LIMIT));
  }

  @Test
  void aRefusedNodeSaysWhyAndTriesOn() throws Exception {
    member.onRegister =
        request -> {
          throw refusal(ErrorCode.NODE_ID_IN_USE);
        };
    begin();
    await().atMost(LIMIT).until(() -> lease.refusal().isPresent());
    assertEquals(ErrorCode.NODE_ID_IN_USE, lease.refusal().orElseThrow().code());
    assertFalse(lease.held());
    member.onRegister = request -> RegisterNodeResponse.newBuilder().setLeaseMs(300).build();
    assertTrue(lease.awaitHeld(LIMIT));
    assertTrue(lease.refusal().isEmpty());
  }

  @Test
  void theLeaseRunsOutWhileTheControlPlaneIsAwayAndIsHeldAgainAfterwards() throws Exception {
    begin();
    assertTrue(lease.awaitHeld(LIMIT));
    member.stop();
    await().atMost(LIMIT).until(() -> !lease.held());
    member.startAgain();
    assertTrue(lease.awaitHeld(LIMIT));
    assertEquals(1, member.registrations.size(), "the lease is renewed, not asked for anew");
  }

  @Test
  void closingGivesTheLeaseBack() throws Exception {
    begin();
    assertTrue(lease.awaitHeld(LIMIT));
    lease.close();
    assertEquals("i-s1", member.deregistrations.get(0).getInstanceId());
    int beats = member.heartbeats.size();
    await().during(Duration.ofMillis(300)).until(() -> member.heartbeats.size() == beats);
  }

  @Test
  void closingEndsSoonThoughTheControlPlaneIsAway() throws Exception {
    begin();
    assertTrue(lease.awaitHeld(LIMIT));
    member.stop();
    long start = System.nanoTime();
    lease.close();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertTrue(took.compareTo(Duration.ofSeconds(5)) < 0, "took " + took);
  }
}
