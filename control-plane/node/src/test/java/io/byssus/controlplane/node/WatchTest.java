package io.byssus.controlplane.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.ControlPlaneServiceGrpc;
import io.byssus.proto.internal.v1.CreateNamespaceCommand;
import io.byssus.proto.internal.v1.InitClusterCommand;
import io.byssus.proto.internal.v1.WatchRequest;
import io.byssus.proto.internal.v1.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The watch stream of one member, as it is on the wire. */
@Timeout(60)
final class WatchTest {
  private static final int WINDOW_BYTES = 65_535;
  private static final String LONG_NAME = "n".repeat(55);

  @TempDir Path directory;
  private TestGroup group;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    group = new TestGroup(directory, 1, "127.0.0.1:1").startAll();
    channel =
        NettyChannelBuilder.forTarget(group.member(0).address().toString())
            .usePlaintext()
            .flowControlWindow(WINDOW_BYTES)
            .build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    group.close();
  }

  private Steps watch(long afterRevision, String clusterId) {
    Steps steps = new Steps();
    ControlPlaneServiceGrpc.newStub(channel)
        .watch(
            WatchRequest.newBuilder()
                .setAfterRevision(afterRevision)
                .setClusterId(clusterId)
                .build(),
            steps);
    return steps;
  }

  private void apply(ControlCommand.Builder command) throws Exception {
    group
        .node(0)
        .group()
        .propose(command.setFormatVersion(1).setNowMs(1).build())
        .get(10, TimeUnit.SECONDS)
        .accepted();
  }

  private void init() throws Exception {
    apply(
        ControlCommand.newBuilder()
            .setInitCluster(
                InitClusterCommand.newBuilder()
                    .setClusterId("mine")
                    .setClusterName("c")
                    .setShardCount(1)
                    .setReplicationFactor(1)));
  }

  private void change(int number) throws Exception {
    create("n" + number);
  }

  private void create(String namespace) throws Exception {
    apply(
        ControlCommand.newBuilder()
            .setCreateNamespace(
                CreateNamespaceCommand.newBuilder()
                    .setSpec(NamespaceSpec.newBuilder().setName(namespace))));
  }

  @Test
  void aNewWatcherGetsTheWholeMapAndThenChangesAndSignsOfLife() throws Exception {
    init();
    Steps steps = watch(0, "");
    steps.await(s -> s.size() == 1);
    assertTrue(steps.get(0).hasMap());
    assertEquals(1, steps.get(0).getRevision());
    change(7);
    steps.await(s -> s.stream().anyMatch(step -> step.getChangesCount() == 1));
    long signs = steps.signsOfLife();
    steps.await(s -> steps.signsOfLife() >= signs + 2);
    assertEquals(2, steps.get(steps.size() - 1).getRevision());
  }

  @Test
  void aWatcherThatResumesGetsOnlyWhatItMissed() throws Exception {
    init();
    change(7);
    change(8);
    Steps steps = watch(1, "mine");
    steps.await(s -> !s.isEmpty());
    assertFalse(steps.get(0).hasMap());
    assertEquals(2, steps.get(0).getChangesCount());
    assertEquals(3, steps.get(0).getRevision());
  }

  @Test
  void aWatcherThatIsAheadGetsSignsOfLifeUntilTheMemberHasCaughtUp() throws Exception {
    init();
    Steps steps = watch(3, "mine");
    steps.await(s -> steps.signsOfLife() >= 1);
    change(7);
    change(8);
    change(9);
    steps.await(s -> s.stream().anyMatch(step -> step.getChangesCount() > 0));
    for (WatchResponse step : steps.all) {
      assertFalse(step.hasMap());
      assertTrue(step.getChangesCount() == 0 || step.getRevision() > 3, step.toString());
    }
  }

  @Test
  void aWatcherOfAnotherClusterIsRefusedAsSoonAsThisMemberKnowsItsOwn() throws Exception {
    Steps early = watch(5, "other");
    early.await(s -> early.signsOfLife() >= 1);
    init();
    assertEquals(ErrorCode.WRONG_CLUSTER, early.failure());
    assertTrue(early.all.stream().noneMatch(WatchResponse::hasMap));
    assertEquals(ErrorCode.WRONG_CLUSTER, watch(0, "other").failure());
  }

  @Test
  void aWatcherThatStopsReadingCostsNoMoreAndGoesOnWithWhatIsNew() throws Exception {
    init();
    Steps steps = new Steps();
    steps.manual = true;
    ControlPlaneServiceGrpc.newStub(channel)
        .watch(WatchRequest.newBuilder().setAfterRevision(1).setClusterId("mine").build(), steps);
    steps.await(s -> steps.call != null);
    // 150 KiB: more than the window and what a member lets wait before it holds back.
    int changes = 2_000;
    for (int i = 1; i <= changes; i++) {
      create(LONG_NAME + i);
    }
    steps.call.request(Integer.MAX_VALUE);
    steps.await(s -> s.stream().mapToInt(WatchResponse::getChangesCount).sum() == changes);
    assertTrue(steps.size() < changes, "the changes come in larger pieces: " + steps.size());
  }

  @Test
  void aMemberWithoutALeaderGivesNoSignOfLife() throws Exception {
    try (TestGroup cutOff = new TestGroup(directory.resolve("cut-off"), 3, "127.0.0.1:1")) {
      cutOff.start(0);
      ManagedChannel toIt =
          ManagedChannelBuilder.forTarget(cutOff.member(0).address().toString())
              .usePlaintext()
              .build();
      try {
        Steps steps = new Steps();
        ControlPlaneServiceGrpc.newStub(toIt)
            .watch(
                WatchRequest.newBuilder().setAfterRevision(1).setClusterId("mine").build(), steps);
        Awaitility.await()
            .during(Duration.ofMillis(2_500))
            .atMost(Duration.ofSeconds(20))
            .until(() -> steps.size() == 0);
        assertFalse(steps.end.isDone());
      } finally {
        toIt.shutdownNow();
      }
    }
  }

  @Test
  void theStreamEndsWhenTheMemberStops() throws Exception {
    init();
    Steps steps = watch(0, "");
    steps.await(s -> !s.isEmpty());
    group.stop(0);
    assertEquals(ErrorCode.SHUTTING_DOWN, steps.failure());
  }

  private static final class Steps implements ClientResponseObserver<WatchRequest, WatchResponse> {
    private final List<WatchResponse> all = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Throwable> end = new CompletableFuture<>();
    private volatile ClientCallStreamObserver<WatchRequest> call;
    private boolean manual;

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
      if (manual) {
        stream.disableAutoRequestWithInitial(1);
      }
      call = stream;
    }

    @Override
    public void onNext(WatchResponse step) {
      all.add(step);
    }

    @Override
    public void onError(Throwable failure) {
      end.complete(failure);
    }

    @Override
    public void onCompleted() {
      end.complete(new AssertionError("the stream ended without a reason"));
    }

    void await(Predicate<List<WatchResponse>> test) {
      Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> test.test(all));
    }

    WatchResponse get(int i) {
      return all.get(i);
    }

    int size() {
      return all.size();
    }

    long signsOfLife() {
      return all.stream().filter(s -> !s.hasMap() && s.getChangesCount() == 0).count();
    }

    ErrorCode failure() throws Exception {
      return GrpcErrors.fromGrpc(end.get(20, TimeUnit.SECONDS), ErrorCode.CONTROL_PLANE_UNAVAILABLE)
          .code();
    }
  }
}
