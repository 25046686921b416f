package io.byssus.clustermap;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.ClusterMap;
import io.byssus.proto.internal.v1.WatchRequest;
import io.byssus.proto.internal.v1.WatchResponse;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class ClusterMapWatcherTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final WatchTimings QUICK =
      new WatchTimings(
          Duration.ofMillis(600),
          Duration.ofMillis(300),
          Duration.ofMillis(10),
          Duration.ofMillis(100));

  @TempDir Path directory;
  private FakeMember a;
  private FakeMember b;
  private ControlPlaneClient client;
  private ClusterMapWatcher watcher;

  @BeforeEach
  void start() throws Exception {
    a = new FakeMember();
    b = new FakeMember();
    client = new ControlPlaneClient(FakeMember.addresses(a, b));
  }

  @AfterEach
  void stop() throws Exception {
    if (watcher != null) {
      watcher.close();
    }
    client.close();
    a.close();
    b.close();
  }

  private ClusterMapWatcher watch(Optional<Path> file, String clusterId) {
    watcher = ClusterMapWatcher.start(client, file, clusterId, QUICK, new StartsAtTheFirst());
    return watcher;
  }

  private static void answers(FakeMember member, WatchResponse... steps) {
    member.onWatch = (request, stream) -> List.of(steps).forEach(stream::onNext);
  }

  /** Steps, then signs of life without end, from a thread that ends with the stream. */
  private static void answersAndLives(FakeMember member, long revision, WatchResponse... steps) {
    member.onWatch =
        (request, stream) -> {
          List.of(steps).forEach(stream::onNext);
          Thread alive = new Thread(() -> live(revision, stream));
          alive.setDaemon(true);
          alive.start();
        };
  }

  private static void live(long revision, StreamObserver<WatchResponse> stream) {
    try {
      while (true) {
        Thread.sleep(50);
        stream.onNext(Maps.step(revision));
      }
    } catch (RuntimeException | InterruptedException e) {
      // The watcher has left.
    }
  }

  private void awaitRevision(long revision) throws InterruptedException {
    assertTrue(
        watcher.await(image -> image.revision() == revision, LIMIT).isPresent(),
        () -> "is at " + watcher.current());
  }

  @Test
  void theMapAndItsChangesArrive() throws Exception {
    answers(a, Maps.whole(Maps.map("c", 5)), Maps.step(6, Maps.added(Maps.node("s2"))));
    watch(Optional.empty(), "");
    awaitRevision(6);
    assertEquals(2, watcher.current().nodes().size());
    assertEquals(Optional.of(a.address()), watcher.connectedTo());
  }

  @Test
  void aLostStreamResumesFromTheRevisionAtAnotherMember() throws Exception {
    answers(a, Maps.whole(Maps.map("c", 5)));
    answers(b, Maps.step(6, Maps.added(Maps.node("s2"))));
    watch(Optional.empty(), "");
    awaitRevision(5);
    a.stop();
    awaitRevision(6);
    assertEquals(
        WatchRequest.newBuilder().setAfterRevision(5).setClusterId("c").build(), b.watches.get(0));
  }

  @Test
  void aSilentStreamIsCutAndReopenedElsewhere() throws Exception {
    answers(a, Maps.whole(Maps.map("c", 5)));
    answers(b, Maps.step(6, Maps.added(Maps.node("s2"))));
    watch(Optional.empty(), "");
    awaitRevision(6);
  }

  @Test
  void signsOfLifeKeepAStreamOpen() throws Exception {
    answersAndLives(a, 5, Maps.whole(Maps.map("c", 5)));
    watch(Optional.empty(), "");
    awaitRevision(5);
    await()
        .during(QUICK.silence().multipliedBy(2))
        .atMost(LIMIT)
        .until(() -> watcher.connectedTo().equals(Optional.of(a.address())));
    assertEquals(1, a.watches.size());
  }

  @Test
  void aMemberThatIsBehindIsLeftAndNeverFollowedBack() throws Exception {
    List<Long> seen = new CopyOnWriteArrayList<>();
    answers(a, Maps.whole(Maps.map("c", 9)));
    answersAndLives(b, 7);
    watch(Optional.empty(), "");
    watcher.listen(image -> seen.add(image.revision()));
    awaitRevision(9);
    answersAndLives(a, 10, Maps.step(10, Maps.added(Maps.node("s2"))));
    awaitRevision(10);
    assertTrue(b.watches.size() >= 1);
    await().atMost(LIMIT).until(() -> seen.contains(10L));
    List<Long> inOrder = List.copyOf(seen);
    assertEquals(inOrder.stream().sorted().toList(), inOrder);
  }

  @Test
  void aWholeMapOfAnEarlierRevisionIsNotApplied() throws Exception {
    answers(a, Maps.whole(Maps.map("c", 9)), Maps.whole(Maps.map("c", 3)));
    watch(Optional.empty(), "");
    awaitRevision(9);
    await().atMost(LIMIT).until(() -> a.watches.size() + b.watches.size() >= 2);
    assertEquals(9, watcher.current().revision());
  }

  @Test
  void aMapOfAnotherClusterIsReportedAndNeverApplied() throws Exception {
    answers(a, Maps.whole(Maps.map("other", 50)));
    answers(b, Maps.whole(Maps.map("other", 60)));
    watch(Optional.empty(), "mine");
    await().atMost(LIMIT).until(() -> watcher.refusal().isPresent());
    assertTrue(watcher.refusal().orElseThrow().contains("other"), watcher.refusal().toString());
    assertEquals(0, watcher.current().revision());
    answersAndLives(a, 4, Maps.whole(Maps.map("mine", 4)));
    answersAndLives(b, 4, Maps.whole(Maps.map("mine", 4)));
    awaitRevision(4);
    await().atMost(LIMIT).until(() -> watcher.refusal().isEmpty());
  }

  @Test
  void aControlPlaneThatKnowsNoClusterAnyMoreIsRefused() throws Exception {
    ClusterMap bare = Maps.map("c", 90).toBuilder().clearCluster().build();
    answers(a, Maps.whole(Maps.map("c", 5)));
    answers(b, Maps.whole(bare));
    watch(Optional.empty(), "");
    awaitRevision(5);
    // A good answer would take the refusal back.
    a.stop();
    await().atMost(LIMIT).until(() -> watcher.refusal().isPresent());
    assertEquals(5, watcher.current().revision());
  }

  @Test
  void theFirstClusterSeenIsTheCluster() throws Exception {
    answers(a, Maps.whole(Maps.map("mine", 5)));
    answers(b, Maps.whole(Maps.map("other", 60)));
    watch(Optional.empty(), "");
    awaitRevision(5);
    // A good answer would take the refusal back.
    a.stop();
    await().atMost(LIMIT).until(() -> watcher.refusal().isPresent());
    assertEquals("mine", watcher.current().clusterId());
  }

  @Test
  void theLastMapStandsAfterARestartWithoutTheControlPlane() throws Exception {
    Path file = directory.resolve("cluster-map");
    answersAndLives(a, 6, Maps.whole(Maps.map("c", 5)), Maps.step(6, Maps.added(Maps.node("s2"))));
    watch(Optional.of(file), "");
    awaitRevision(6);
    watcher.close();
    a.stop();
    b.stop();
    watch(Optional.of(file), "c");
    assertEquals(6, watcher.current().revision());
    assertEquals(2, watcher.current().nodes().size());
  }

  @Test
  void theFileHoldsAMapBeforeListenersSeeIt() throws Exception {
    Path file = directory.resolve("cluster-map");
    List<Optional<Long>> inFile = new CopyOnWriteArrayList<>();
    answersAndLives(a, 5, Maps.whole(Maps.map("c", 5)));
    watch(Optional.of(file), "");
    awaitRevision(5);
    watcher.listen(image -> inFile.add(new MapFile(file).read().map(map -> map.getRevision())));
    await().atMost(LIMIT).until(() -> !inFile.isEmpty());
    assertEquals(List.of(Optional.of(5L)), inFile);
  }

  @Test
  void aDamagedFileIsAsGoodAsNone() throws Exception {
    Path file = directory.resolve("cluster-map");
    new MapFile(file).write(Maps.map("c", 5));
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 3] ^= 1;
    Files.write(file, bytes);
    answersAndLives(a, 7, Maps.whole(Maps.map("c", 7)));
    watch(Optional.of(file), "");
    awaitRevision(7);
    assertEquals(0, a.watches.get(0).getAfterRevision());
  }

  @Test
  void aFileOfAnotherClusterStopsTheStart() throws Exception {
    Path file = directory.resolve("cluster-map");
    new MapFile(file).write(Maps.map("other", 5));
    ByssusException error =
        assertThrows(ByssusException.class, () -> watch(Optional.of(file), "mine"));
    assertEquals(ErrorCode.WRONG_CLUSTER, error.code());
  }

  @Test
  void listenersSeeTheNewestMapAndOneThatThrowsIsCalledAgain() throws Exception {
    CountDownLatch hold = new CountDownLatch(1);
    List<Long> seen = new CopyOnWriteArrayList<>();
    watch(Optional.empty(), "");
    watcher.listen(
        image -> {
          seen.add(image.revision());
          awaitUninterrupted(hold);
          throw new IllegalStateException("a listener's fault, as the test wants it");
        });
    await().atMost(LIMIT).until(() -> seen.size() == 1);
    answersAndLives(
        a,
        7,
        Maps.whole(Maps.map("c", 5)),
        Maps.step(6, Maps.added(Maps.node("s2"))),
        Maps.step(7, Maps.added(Maps.node("s3"))));
    awaitRevision(7);
    hold.countDown();
    await().atMost(LIMIT).until(() -> seen.contains(7L));
    assertEquals(List.of(0L, 7L), seen, "the maps between are left out");
  }

  @Test
  void aClosedListenerHearsNoMore() throws Exception {
    List<Long> seen = new CopyOnWriteArrayList<>();
    answersAndLives(a, 5, Maps.whole(Maps.map("c", 5)));
    watch(Optional.empty(), "");
    awaitRevision(5);
    AutoCloseable listening = watcher.listen(image -> seen.add(image.revision()));
    await().atMost(LIMIT).until(() -> seen.contains(5L));
    listening.close();
    answersAndLives(b, 6, Maps.step(6, Maps.added(Maps.node("s2"))));
    a.stop();
    awaitRevision(6);
    watcher.close();
    assertEquals(List.of(5L), seen);
  }

  @Test
  void waitingInVainEndsInTime() throws Exception {
    watch(Optional.empty(), "");
    assertEquals(
        Optional.empty(),
        watcher.await(image -> image.cluster().isPresent(), Duration.ofMillis(100)));
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A watcher starts at a member of its choice: here the first. */
  private static final class StartsAtTheFirst implements RandomGenerator {
    private final Random random = new Random(1);

    @Override
    public long nextLong() {
      return random.nextLong();
    }

    @Override
    public int nextInt(int bound) {
      return 0;
    }
  }
}
