package io.byssus.systemtests.faults;

import com.google.protobuf.ByteString;
import io.byssus.cluster.ServerView;
import io.byssus.model.Position;
import io.byssus.proto.admin.v1.ReplicaDescription;
import io.byssus.proto.admin.v1.ShardDescription;
import io.byssus.systemtests.TestCluster;
import io.byssus.testkit.EffectCheck;
import io.byssus.testkit.Seen;
import io.byssus.testkit.StateCheck;
import io.byssus.testkit.Violation;
import io.byssus.testkit.Violations;
import io.byssus.testkit.WriteJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Holds what the clients know, what the log says and what the replicas hold against each other,
 * when the load has ended and every process serves.
 */
final class SurvivalCheck {
  private static final Duration DUMP_LIMIT = Duration.ofSeconds(60);
  private static final int ROUNDS = 10;

  private final TestCluster cluster;
  private final int namespaceId;
  private final WriteJournal<RecordName> journal;
  private final Violations violations;

  SurvivalCheck(
      TestCluster cluster,
      int namespaceId,
      WriteJournal<RecordName> journal,
      Violations violations) {
    this.cluster = cluster;
    this.namespaceId = namespaceId;
    this.journal = journal;
    this.violations = violations;
  }

  /**
   * What was looked at.
   *
   * @param replicas how many replicas
   * @param records how many records they hold together
   * @param writes how many writes took effect, by the log
   * @param copies how many records of the log were copies that must have no effect
   */
  record Looked(int replicas, long records, long writes, long copies) {}

  Looked run() throws InterruptedException {
    try (WholeLog log = new WholeLog(cluster.kafka(), TestCluster.WAL_TOPIC, cluster.shards())) {
      Map<Integer, List<ReplicaCopy>> copies = dumpAtRest(log);
      EffectCheck<RecordName> effects = new EffectCheck<>(journal, violations);
      Map<String, Map<RecordName, Seen>> byRank = new TreeMap<>();
      long writes = 0;
      long ignored = 0;
      long records = 0;
      int replicas = 0;
      for (Map.Entry<Integer, List<ReplicaCopy>> shard : copies.entrySet()) {
        LogModel model = model(log, shard.getValue().get(0), effects);
        writes += model.writes();
        ignored += model.copies();
        compare(shard.getValue(), model);
        for (int rank = 0; rank < shard.getValue().size(); rank++) {
          ReplicaCopy copy = shard.getValue().get(rank);
          replicas++;
          records += copy.state().size();
          collect(copy, byRank.computeIfAbsent("replica " + rank, any -> new HashMap<>()));
        }
      }
      effects.finish();
      StateCheck<RecordName> state = new StateCheck<>(journal, violations);
      byRank.forEach(state::copy);
      state.finish();
      return new Looked(replicas, records, writes, ignored);
    }
  }

  /**
   * Every replica's content at the end of its shard's log. A copy that was on its way when the load
   * ended may still arrive; then all is read once more.
   */
  private Map<Integer, List<ReplicaCopy>> dumpAtRest(WholeLog log) throws InterruptedException {
    Map<String, ServerView> servers = new HashMap<>();
    try {
      for (int round = 0; round < ROUNDS; round++) {
        long[] ends = log.ends();
        Map<Integer, List<ReplicaCopy>> copies = new TreeMap<>();
        for (ShardDescription shard : cluster.describeShards()) {
          copies.put(shard.getShard(), dump(shard, ends[shard.getShard()], servers));
        }
        boolean atRest =
            copies.values().stream()
                .flatMap(List::stream)
                .allMatch(copy -> Position.of(copy.position()).offset() == ends[copy.shard()] - 1);
        if (atRest) {
          return copies;
        }
      }
      throw new IllegalStateException("the log does not come to rest");
    } finally {
      servers.values().forEach(ServerView::close);
    }
  }

  private List<ReplicaCopy> dump(
      ShardDescription shard, long end, Map<String, ServerView> servers) {
    long position = Position.pack(shard.getIncarnation(), end - 1);
    List<ReplicaCopy> copies = new ArrayList<>();
    for (ReplicaDescription replica : shard.getReplicasList()) {
      ServerView server =
          servers.computeIfAbsent(
              replica.getNodeId(), node -> new ServerView(cluster.processes().address(node)));
      server.awaitCaughtUp(Map.of(shard.getShard(), position), DUMP_LIMIT);
      copies.add(
          ReplicaCopy.read(
              shard.getShard(),
              replica.getNodeId(),
              server.dump(shard.getShard(), position, DUMP_LIMIT)));
    }
    return copies;
  }

  private LogModel model(WholeLog log, ReplicaCopy copy, EffectCheck<RecordName> effects) {
    LogModel model =
        new LogModel(
            new LogModel.Effects() {
              @Override
              public void put(StoredKey key, StoredState state) {
                if (key.namespaceId() == namespaceId) {
                  effects.put(RecordName.of(key.partition(), key.sort()), state.seen());
                }
              }

              @Override
              public void remove(StoredKey key) {
                if (key.namespaceId() == namespaceId) {
                  effects.remove(RecordName.of(key.partition(), key.sort()));
                }
              }
            });
    log.read(
        copy.shard(),
        Position.of(copy.position()).offset() + 1,
        record -> model.replay(record.offset(), record.timestamp(), record.value()));
    return model;
  }

  private void compare(List<ReplicaCopy> copies, LogModel model) {
    for (ReplicaCopy copy : copies) {
      difference(copy.name(), copy.state(), "the log", model.state());
      ReplicaCopy first = copies.get(0);
      if (copy.digest() != first.digest()) {
        violations.found(
            Violation.COPIES_DIFFER,
            copy.name() + " and " + first.name() + " have different digests");
      }
    }
  }

  private void difference(
      String oneName,
      Map<StoredKey, StoredState> one,
      String otherName,
      Map<StoredKey, StoredState> other) {
    Map<StoredKey, StoredState> all = new HashMap<>(one);
    all.putAll(other);
    for (StoredKey key : all.keySet()) {
      if (!Objects.equals(one.get(key), other.get(key))) {
        violations.found(
            Violation.COPIES_DIFFER,
            key
                + ": "
                + oneName
                + " holds "
                + one.get(key)
                + ", by "
                + otherName
                + " it is "
                + other.get(key));
      }
    }
  }

  private void collect(ReplicaCopy copy, Map<RecordName, Seen> into) {
    copy.state()
        .forEach(
            (key, state) -> {
              if (key.namespaceId() == namespaceId) {
                ByteString sort = key.sort();
                into.put(RecordName.of(key.partition(), sort), state.seen());
              }
            });
  }
}
