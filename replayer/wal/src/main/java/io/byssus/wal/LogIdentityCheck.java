package io.byssus.wal;

import io.byssus.proto.internal.v1.LogIdentity;
import io.byssus.wal.LogEnds.End;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Asks Kafka whether the log behind its addresses is the one that the cluster's data came from, and
 * where its shards end. A Kafka that was emptied or replaced looks well in every other way.
 *
 * @param <C> what the asker knew when it asked
 */
final class LogIdentityCheck<C> implements AutoCloseable {
  private static final int CALL_TIMEOUT_MILLIS = 3_000;

  /** How long a look waits for the other shards' leaders once the first has answered. */
  private static final long STRAGGLERS_MILLIS = 300;

  private final Admin admin;
  private final LogIdentity expected;
  private final int shardCount;
  private final LogEnds<C> ends = new LogEnds<>();

  LogIdentityCheck(WalConfig config, String clientId, LogIdentity expected, int shardCount) {
    this.admin =
        Admin.create(
            config.with(
                Map.of(
                    "client.id",
                    clientId,
                    "request.timeout.ms",
                    CALL_TIMEOUT_MILLIS,
                    "default.api.timeout.ms",
                    CALL_TIMEOUT_MILLIS)));
    this.expected = expected;
    this.shardCount = shardCount;
  }

  /**
   * Looks at the log. Takes up to a few seconds where Kafka is slow as a whole; a shard alone whose
   * leader does not answer costs it some tenths of a second; where the answer comes at all, a later
   * look tells it, with what was known when it was asked for.
   */
  Verdict<C> look(C asked) throws InterruptedException {
    try {
      String clusterId =
          admin
              .describeCluster(new DescribeClusterOptions().timeoutMs(CALL_TIMEOUT_MILLIS))
              .clusterId()
              .get(CALL_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
      if (!expected.getKafkaClusterId().equals(clusterId)) {
        return Verdict.notOurs(otherCluster(clusterId, expected.getKafkaClusterId()));
      }
      TopicDescription topic =
          admin
              .describeTopics(
                  List.of(expected.getTopic()),
                  new DescribeTopicsOptions().timeoutMs(CALL_TIMEOUT_MILLIS))
              .topicNameValues()
              .get(expected.getTopic())
              .get(CALL_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
      if (!expected.getTopicId().equals(topic.topicId().toString())) {
        return Verdict.notOurs(
            "topic "
                + expected.getTopic()
                + " has id "
                + topic.topicId()
                + ", the data came from "
                + expected.getTopicId()
                + ": the topic was created anew");
      }
      if (topic.partitions().size() < shardCount) {
        return Verdict.notOurs(
            "topic "
                + expected.getTopic()
                + " has "
                + topic.partitions().size()
                + " partitions, not "
                + shardCount);
      }
      return Verdict.ours(ends(asked));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return Verdict.notOurs("topic " + expected.getTopic() + " does not exist");
      }
      return Verdict.unknown(String.valueOf(e.getCause().getMessage()));
    } catch (TimeoutException e) {
      return Verdict.unknown("no answer within " + CALL_TIMEOUT_MILLIS + " ms");
    }
  }

  /** Why a log of another Kafka cluster is not ours. */
  static String otherCluster(String clusterId, String expected) {
    return "Kafka's cluster id is " + clusterId + ", the data came from " + expected;
  }

  private Map<Integer, End<C>> ends(C asked) throws InterruptedException {
    Map<TopicPartition, OffsetSpec> question = new HashMap<>();
    for (int shard = 0; shard < shardCount; shard++) {
      question.put(new TopicPartition(expected.getTopic(), shard), OffsetSpec.latest());
    }
    var answer =
        admin.listOffsets(question, new ListOffsetsOptions().timeoutMs(CALL_TIMEOUT_MILLIS));
    Map<Integer, CompletableFuture<Long>> answers = new HashMap<>();
    for (TopicPartition partition : question.keySet()) {
      answers.put(
          partition.partition(),
          answer
              .partitionResult(partition)
              .toCompletionStage()
              .thenApply(ListOffsetsResultInfo::offset)
              .toCompletableFuture());
    }
    return ends.await(asked, answers, CALL_TIMEOUT_MILLIS, STRAGGLERS_MILLIS);
  }

  @Override
  public void close() {
    admin.close(Duration.ofMillis(500));
  }

  /**
   * What a look at the log told.
   *
   * @param kind whether the log is ours
   * @param why for people; empty where it is ours
   * @param ends where it is ours: the end of each shard whose leader answered
   */
  record Verdict<C>(Kind kind, String why, Map<Integer, End<C>> ends) {
    enum Kind {
      OURS,
      NOT_OURS,
      UNKNOWN
    }

    static <C> Verdict<C> ours(Map<Integer, End<C>> ends) {
      return new Verdict<>(Kind.OURS, "", ends);
    }

    static <C> Verdict<C> notOurs(String why) {
      return new Verdict<>(Kind.NOT_OURS, why, Map.of());
    }

    static <C> Verdict<C> unknown(String why) {
      return new Verdict<>(Kind.UNKNOWN, why, Map.of());
    }
  }
}
