package io.byssus.server;

import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.storage.ApplyCounts;
import io.byssus.storage.NodeStorage;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/** The meters of a server's replicas, by shard, and of what they share. */
final class ReplicaMetrics {
  private final MeterRegistry registry;
  private final Map<Integer, List<Meter>> meters = new ConcurrentHashMap<>();

  ReplicaMetrics(MeterRegistry registry, NodeStorage storage) {
    this.registry = registry;
    Gauge.builder("byssus.storage.memtable.bytes", storage, NodeStorage::memtableBytes)
        .description("Applied and not yet flushed, over all replicas")
        .register(registry);
    Gauge.builder("byssus.storage.block.cache.bytes", storage, NodeStorage::blockCacheBytes)
        .description("Blocks held in the cache")
        .register(registry);
  }

  void add(Replica replica) {
    List<Meter> added = new ArrayList<>();
    added.add(
        gauge(
            replica,
            "applied.offset",
            "The offset behind the last record applied",
            Replica::nextOffset));
    added.add(gauge(replica, "end.offset", "The log's end, as last told", Replica::endOffset));
    added.add(
        gauge(
            replica,
            "lag.records",
            "Records between the replica and the log's end",
            Replica::lagRecords));
    added.add(
        gauge(
            replica,
            "age.seconds",
            "For how long the replica has not known itself at the log's end",
            r -> r.ageMillis() / 1_000.0));
    added.add(
        gauge(
            replica,
            "halted",
            "1 where the replica waits for an operator",
            r -> r.state() == ReplicaState.HALTED ? 1 : 0));
    added.add(
        gauge(
            replica,
            "dead.letters",
            "Undecodable records that wait to be copied",
            r -> r.open().deadLetters()));
    added.add(counter(replica, "write", ApplyCounts::writes));
    added.add(counter(replica, "duplicate", ApplyCounts::duplicates));
    added.add(counter(replica, "below-floor", ApplyCounts::belowFloor));
    added.add(counter(replica, "expired", ApplyCounts::expired));
    added.add(counter(replica, "undecodable", ApplyCounts::undecodable));
    added.add(counter(replica, "other", ApplyCounts::other));
    meters.put(replica.shard(), added);
  }

  void remove(Replica replica) {
    List<Meter> gone = meters.remove(replica.shard());
    if (gone != null) {
      gone.forEach(registry::remove);
    }
  }

  private Gauge gauge(
      Replica replica, String name, String description, ToDoubleFunction<Replica> value) {
    return Gauge.builder("byssus.replica." + name, replica, value)
        .description(description)
        .tag("shard", Integer.toString(replica.shard()))
        .register(registry);
  }

  private FunctionCounter counter(
      Replica replica, String fate, ToDoubleFunction<ApplyCounts> value) {
    return FunctionCounter.builder(
            "byssus.replica.applied", replica, r -> value.applyAsDouble(r.open().counts()))
        .description("Log records applied, by what became of them")
        .tag("shard", Integer.toString(replica.shard()))
        .tag("fate", fate)
        .register(registry);
  }
}
