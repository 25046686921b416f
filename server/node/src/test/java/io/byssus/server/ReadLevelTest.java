package io.byssus.server;

import static io.byssus.server.ServedShard.NAMESPACE;
import static io.byssus.server.ServedShard.at;
import static io.byssus.server.ServedShard.errorOf;
import static io.byssus.server.ServedShard.home;
import static io.byssus.server.ServedShard.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ListenableFuture;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardKeys;
import io.byssus.proto.internal.v1.ShardMultiGetRequest;
import io.byssus.proto.internal.v1.ShardScanRequest;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.proto.kv.v1.Record;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What the levels of reads promise, with a real log. The last test takes the log away. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReadLevelTest {
  private static final ShardView LINEARIZABLE =
      ShardView.newBuilder().setShard(0).setConsistency(Consistency.LINEARIZABLE).build();

  @TempDir static Path directory;
  private static ServedShard shard;

  @BeforeAll
  static void start() throws Exception {
    shard = new ServedShard(directory);
  }

  @AfterAll
  static void stop() {
    shard.close();
  }

  private static ShardView bounded(long millis) {
    return ShardView.newBuilder()
        .setShard(0)
        .setConsistency(Consistency.BOUNDED)
        .setMaxStalenessMs(millis)
        .build();
  }

  private static ShardGetRequest get(ShardView view, String partitionKey) {
    return ShardGetRequest.newBuilder()
        .setView(view)
        .setNamespaceId(NAMESPACE)
        .setKey(key(partitionKey, ""))
        .build();
  }

  @Test
  void aLinearizableReadOfAnyKindSeesWhatWasAcknowledgedBeforeIt() {
    ShardMultiGetRequest several =
        ShardMultiGetRequest.newBuilder()
            .setNamespaceId(NAMESPACE)
            .addShards(ShardKeys.newBuilder().setView(LINEARIZABLE).addKeys(key("seen", "")))
            .build();
    ShardScanRequest scan =
        ShardScanRequest.newBuilder()
            .setView(LINEARIZABLE)
            .setNamespaceId(NAMESPACE)
            .setPartitionKey(home("seen"))
            .build();
    for (int i = 0; i < 20; i++) {
      long first = shard.put("seen", "", i);
      GetResponse answer = shard.stub().get(get(LINEARIZABLE, "seen"));
      assertEquals(first, answer.getRecord().getVersion());
      ReadContext context = answer.getContext();
      assertTrue(Long.compareUnsigned(context.getSeenPosition(), first) > 0, "a barrier's place");
      assertTrue(Long.compareUnsigned(context.getPosition(), context.getSeenPosition()) >= 0);

      long second = shard.put("seen", "", i);
      Record read = shard.stub().multiGet(several).getShards(0).getResults(0).getRecord();
      assertEquals(second, read.getVersion());
      long third = shard.put("seen", "", i);
      assertEquals(third, shard.stub().scan(scan).next().getRecords(0).getVersion());
    }
  }

  @Test
  void readsAtOnceShareBarriersAndReadsThatNeedNoneIssueNone() throws Exception {
    long position = shard.put("shared", "", 1);
    double before = shard.marks("barrier");
    for (int i = 0; i < 10; i++) {
      shard.stub().get(get(at(position), "shared"));
    }
    assertEquals(before, shard.marks("barrier"), "EVENTUAL and SESSION need no barrier");

    int reads = 2_000;
    List<ListenableFuture<GetResponse>> answers = new ArrayList<>();
    for (int i = 0; i < reads; i++) {
      answers.add(shard.futures().get(get(LINEARIZABLE, "shared")));
    }
    for (ListenableFuture<GetResponse> answer : answers) {
      assertEquals(position, answer.get(30, TimeUnit.SECONDS).getRecord().getVersion());
    }
    double issued = shard.marks("barrier") - before;
    assertTrue(issued >= 1 && issued <= reads / 4, issued + " barriers for " + reads + " reads");
    assertEquals(0, shard.waitingForBarriers());

    long end = shard.appliedOffset();
    shard.stub().get(get(at(position), "shared"));
    assertEquals(end, shard.appliedOffset(), "a shard that nobody reads so gets no record");
  }

  @Test
  void aBoundedReadTellsItsProvenAgeAndAsksForFewBarriers() {
    shard.put("bounded", "", 1);
    double before = shard.marks("barrier");
    long began = System.nanoTime();
    for (int i = 0; i < 200; i++) {
      GetResponse answer = shard.stub().get(get(bounded(1_000), "bounded"));
      assertTrue(answer.getContext().getAgeMs() <= 1_000, "older than promised");
      assertTrue(answer.hasRecord());
    }
    long halves = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) / 500;
    double issued = shard.marks("barrier") - before;
    assertTrue(issued <= halves + 1, issued + " barriers in " + halves + " half seconds");
  }

  @Test
  void aBoundBelowATenthOfASecondIsReadAsLinearizable() {
    for (int i = 0; i < 20; i++) {
      long position = shard.put("tight", "", i);
      GetResponse answer = shard.stub().get(get(bounded(99), "tight"));
      assertEquals(position, answer.getRecord().getVersion());
    }
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void whileTheLogIsAwayWhatNeedsItFailsInTimeAndNobodyIsLeftWaiting() {
    long position = shard.put("away", "", 1);
    assertEquals(position, shard.stub().get(get(LINEARIZABLE, "away")).getRecord().getVersion());
    shard.stopLog();

    // A busy machine may answer after the deadline now and then, but not always.
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> errorWithin(1_000, LINEARIZABLE) == ErrorCode.LOG_UNAVAILABLE);
    assertEquals(position, shard.stub().get(get(at(position), "away")).getRecord().getVersion());
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> errorWithin(500, bounded(200)) == ErrorCode.LOG_UNAVAILABLE);
    List<ListenableFuture<GetResponse>> many = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      many.add(
          shard
              .futures()
              .withDeadlineAfter(1, TimeUnit.SECONDS)
              .get(get(i % 2 == 0 ? LINEARIZABLE : bounded(200), "away")));
    }
    many.subList(0, 250).forEach(read -> read.cancel(true));
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> many.stream().allMatch(ListenableFuture::isDone));
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> shard.waitingForBarriers() == 0);
  }

  private static ErrorCode errorWithin(long millis, ShardView view) {
    return errorOf(
        () -> shard.stub().withDeadlineAfter(millis, TimeUnit.MILLISECONDS).get(get(view, "away")));
  }
}
