package io.byssus.clustermap;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.read.ListAppender;
import ch.qos.logback.core.spi.FilterReply;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.internal.v1.RegisterNodeResponse;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(30)
final class NodeLeaseTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private FakeMember member;
  private ControlPlaneClient client;
  private NodeLease lease;
  private final List<Appender<ILoggingEvent>> appenders = new ArrayList<>();

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
    appenders.forEach(((Logger) LoggerFactory.getLogger(NodeLease.class))::detachAppender);
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
  void theLeaseOfAFormerLifeIsWaitedForWithoutAnAlarm() throws Exception {
    List<ILoggingEvent> told = logged();
    long began = System.nanoTime();
    member.onRegister =
        request -> {
          // The one that was killed had been heard of 200 ms before.
          long ago = 200 + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
          throw inUse(Map.of(NodeLease.LEFT_MS, "4800", NodeLease.HEARD_MS_AGO, "" + ago));
        };
    begin();
    await().atMost(LIMIT).until(() -> member.registrations.size() >= 3);
    assertEquals(ErrorCode.NODE_ID_IN_USE, lease.refusal().orElseThrow().code());
    member.onRegister = request -> RegisterNodeResponse.newBuilder().setLeaseMs(300).build();
    assertTrue(lease.awaitHeld(LIMIT));
    assertEquals(List.of(Level.WARN), alarms(told));
    assertTrue(told.get(0).getFormattedMessage().contains("left-ms=4800"), told.toString());
  }

  @Test
  void aLeaseThatNobodyHasAskedTheNewLeaderForIsWaitedForToo() {
    List<ILoggingEvent> told = logged();
    member.onRegister =
        request -> {
          throw inUse(Map.of(NodeLease.LEFT_MS, "5000"));
        };
    begin();
    await().atMost(LIMIT).until(() -> member.registrations.size() >= 3);
    assertEquals(List.of(Level.WARN), alarms(told));
  }

  @Test
  void anotherLiveProcessOfTheSameIdIsAFaultAsSoonAsItHasBeenHeardOf() {
    List<ILoggingEvent> told = logged();
    long began = System.nanoTime();
    AtomicLong heard = new AtomicLong(began - TimeUnit.SECONDS.toNanos(1));
    member.onRegister =
        request -> {
          if (member.registrations.size() > 2) {
            heard.set(System.nanoTime());
          }
          long ago = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - heard.get());
          throw inUse(Map.of(NodeLease.LEFT_MS, "4000", NodeLease.HEARD_MS_AGO, "" + ago));
        };
    begin();
    await().atMost(LIMIT).until(() -> member.registrations.size() >= 5);
    assertEquals(List.of(Level.WARN, Level.ERROR), alarms(told));
    assertTrue(told.get(1).getFormattedMessage().contains("NODE_ID_IN_USE"), told.toString());
  }

  private static StatusRuntimeException inUse(Map<String, String> metadata) {
    return GrpcErrors.toGrpc(
        new ByssusException(
            ErrorCode.NODE_ID_IN_USE, "as the test wants it", List.of(), metadata, null));
  }

  /** What is logged from now on by leases, warnings and errors. */
  private List<ILoggingEvent> logged() {
    Logger logger = (Logger) LoggerFactory.getLogger(NodeLease.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.list = new CopyOnWriteArrayList<>();
    appender.addFilter(
        new Filter<>() {
          @Override
          public FilterReply decide(ILoggingEvent event) {
            return event.getLevel().isGreaterOrEqual(Level.WARN)
                ? FilterReply.NEUTRAL
                : FilterReply.DENY;
          }
        });
    appender.start();
    logger.addAppender(appender);
    appenders.add(appender);
    return appender.list;
  }

  private static List<Level> alarms(List<ILoggingEvent> events) {
    return events.stream().map(ILoggingEvent::getLevel).toList();
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
