package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.model.ErrorCode;
import io.byssus.model.Position;
import io.byssus.model.ShardHash;
import io.byssus.proto.admin.v1.NamespaceSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A cluster small enough for a test: real gRPC dispatchers on loopback before shards in memory.
 * What goes wrong, and when, is the test's to say.
 */
final class FakeCluster implements AutoCloseable {
  static final long MINUTE_MILLIS = 60_000;

  final List<FakeShard> shards = new ArrayList<>();
  final List<FakeDispatcher> dispatchers = new ArrayList<>();

  /** Servers, each with a replica of every shard; none unless the test starts some. */
  final List<FakeServer> servers = new CopyOnWriteArrayList<>();

  final Map<String, Integer> namespaces = new ConcurrentHashMap<>(Map.of("places", 7));

  /** Every write that reached a dispatcher. */
  final List<Arrival> arrivals = new CopyOnWriteArrayList<>();

  /** Copies of writes that producers have accepted and not yet sent to the log. */
  final List<Runnable> stuck = Collections.synchronizedList(new ArrayList<>());

  volatile Function<Arrival, Fault> faults = arrival -> Fault.NONE;

  /** How many writes of a stream may be without a result. */
  volatile int windowWrites = 256;

  /** What reads do that do not say, as the map tells it. */
  volatile io.byssus.proto.admin.v1.ReadDefaults readDefaults =
      io.byssus.proto.admin.v1.ReadDefaults.getDefaultInstance();

  /** Messages of streams of writes that reached a dispatcher. */
  final AtomicInteger streamMessages = new AtomicInteger();

  /** What namespaces were declared to be; their rules' versions; those that are deleted. */
  final Map<String, NamespaceSpec> specs = new ConcurrentHashMap<>();

  final Map<String, Long> rulesVersions = new ConcurrentHashMap<>();
  final Map<String, io.byssus.proto.admin.v1.Namespace> deleted = new ConcurrentHashMap<>();

  /** How many changes of namespaces are carried out and not answered. */
  final AtomicInteger breakCreations = new AtomicInteger();

  /** The dispatchers' clock: anything but this machine's. */
  volatile long clockOffsetMillis = -400L * 24 * 60 * MINUTE_MILLIS;

  FakeCluster(int dispatcherCount, int shardCount) throws IOException {
    for (int i = 0; i < shardCount; i++) {
      shards.add(new FakeShard(i));
    }
    for (int i = 0; i < dispatcherCount; i++) {
      dispatchers.add(new FakeDispatcher(this, i, 0));
    }
  }

  /** Starts the dispatchers again, where they were. */
  void restartDispatchers() throws IOException {
    for (int i = 0; i < dispatchers.size(); i++) {
      dispatchers.set(i, new FakeDispatcher(this, i, dispatchers.get(i).port()));
    }
  }

  ByssusClientBuilder client() {
    return ByssusClient.builder()
        .endpoints(dispatchers.stream().map(FakeDispatcher::address).toList());
  }

  long nowMillis() {
    return System.currentTimeMillis() + clockOffsetMillis;
  }

  FakeShard shard(String namespace, ByteString partitionKey) {
    int id = namespaces.get(namespace);
    return shards.get(ShardHash.shard(id, partitionKey.toByteArray(), shards.size()));
  }

  /** What the store holds of a record: its value as text, null where it is absent. */
  String text(Key key) {
    FakeShard.StoredValue value = shard("places", key.partition()).get(key);
    return value == null ? null : value.value().toStringUtf8();
  }

  /** Every change of a record that took effect, in order, by the id of the call that made it. */
  List<String> history(Key key) {
    return shards.stream()
        .flatMap(shard -> shard.history().stream())
        .filter(applied -> applied.key().equals(key))
        .map(FakeShard.Applied::requestId)
        .toList();
  }

  Stream<Arrival> arrivalsOf(String text) {
    return arrivals.stream().filter(arrival -> arrival.text().equals(text));
  }

  /** Sends what is stuck to the log now. */
  void releaseStuck() {
    List<Runnable> copies;
    synchronized (stuck) {
      copies = new ArrayList<>(stuck);
      stuck.clear();
    }
    copies.forEach(Runnable::run);
  }

  /** What a real dispatcher checks before it hands a write to the log; null where it is good. */
  ErrorCode refusal(Arrival arrival) {
    Integer id = namespaces.get(arrival.namespace());
    if (id == null) {
      return ErrorCode.NAMESPACE_NOT_FOUND;
    }
    if (arrival.options().getNamespaceId() != id) {
      return ErrorCode.NAMESPACE_CHANGED;
    }
    long open = arrival.stamp().getSequence() - arrival.stamp().getLowestOpen();
    if (arrival.stamp().getWriterId().size() != 16
        || arrival.stamp().getLowestOpen() < 1
        || open < 0
        || open >= 1024) {
      return ErrorCode.INVALID_REQUEST;
    }
    long ahead = arrival.stamp().getAcceptUntilMs() - nowMillis();
    return ahead < 2 * MINUTE_MILLIS || ahead > 10 * MINUTE_MILLIS ? ErrorCode.WRITE_EXPIRED : null;
  }

  /** Refuses positions of other incarnations, as a replica does. */
  ErrorCode tokenProblem(FakeShard shard, Map<Integer, Long> token) {
    Long position = token.get(shard.number());
    return position != null && Position.incarnation(position) != shard.incarnation()
        ? ErrorCode.SESSION_LOST
        : null;
  }

  @Override
  public void close() {
    dispatchers.forEach(FakeDispatcher::close);
    servers.forEach(FakeServer::close);
  }
}
