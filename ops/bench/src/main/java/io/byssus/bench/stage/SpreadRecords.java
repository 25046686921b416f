package io.byssus.bench.stage;

import io.byssus.bench.load.Records;
import io.byssus.client.ByssusClient;
import io.byssus.client.Consistency;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.ReadOptions;
import io.byssus.client.StoredRecord;
import io.byssus.client.admin.NamespaceSettings;
import io.byssus.model.ShardHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * Records spread over the namespaces of a cluster: record n lies in namespace n modulo their
 * number. With two clients: through the dispatchers, and direct. The namespaces stay: the cluster
 * is thrown away.
 */
public final class SpreadRecords implements AutoCloseable {
  private static final Duration VISIBLE_LIMIT = Duration.ofMinutes(2);
  private static final int READS_AT_ONCE = 512;

  private final Spreading spreading;
  private final ByssusClient client;
  private final ByssusClient directClient;
  private final int[] ids;
  private final List<Namespace> throughDispatcher = new ArrayList<>();
  private final List<Namespace> direct = new ArrayList<>();
  private long[] oneOfEachShard = {};

  private SpreadRecords(List<String> endpoints, Spreading spreading) {
    this.spreading = spreading;
    this.client = Clients.of(endpoints, false);
    this.directClient = Clients.of(endpoints, true);
    this.ids = new int[spreading.namespaces()];
    for (int i = 0; i < ids.length; i++) {
      throughDispatcher.add(client.namespace(name(i)));
      direct.add(directClient.namespace(name(i)));
    }
  }

  /**
   * Creates the namespaces and loads the records by streams; returns when they can be read from a
   * replica, and both clients know all namespaces.
   *
   * @param endpoints dispatchers of a cluster without namespaces, host:port
   * @param progress is told, in a line, what is being done and how long it took
   */
  public static SpreadRecords load(
      List<String> endpoints, Spreading spreading, Consumer<String> progress) throws Exception {
    SpreadRecords loaded = new SpreadRecords(endpoints, spreading);
    try {
      long begin = System.nanoTime();
      Lanes.run(spreading.namespaces(), loaded::create);
      long created = System.nanoTime();
      Lanes.run(spreading.namespaces(), loaded::fill);
      loaded.findOneOfEachShard();
      loaded.awaitVisible();
      loaded.meetAll();
      progress.accept(
          "created "
              + spreading.namespaces()
              + " namespaces in "
              + TimeUnit.NANOSECONDS.toMillis(created - begin)
              + " ms, loaded "
              + (long) spreading.records().count() * spreading.versions()
              + " records in "
              + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - created)
              + " ms");
      return loaded;
    } catch (Exception e) {
      try (loaded) {
        throw e;
      }
    }
  }

  /** How they are laid. */
  public Spreading spreading() {
    return spreading;
  }

  /** What they are. */
  public Records records() {
    return spreading.records();
  }

  /** The key of a record, also of one that was not loaded. */
  public Key key(long number) {
    return Key.of(records().key(number));
  }

  /** The namespace that a record belongs into, read through the dispatchers. */
  public Namespace throughDispatcher(long number) {
    return throughDispatcher.get(spreading.namespaceOf(number));
  }

  /** The same, read from the servers. */
  public Namespace direct(long number) {
    return direct.get(spreading.namespaceOf(number));
  }

  /**
   * Waits until all that was written through the dispatchers' client can be read: a session read
   * waits for all that its session wrote to the shard.
   */
  public void awaitVisible() throws Exception {
    ReadOptions seeing =
        ReadOptions.defaults().withConsistency(Consistency.SESSION).withDeadline(VISIBLE_LIMIT);
    require(oneOfEachShard, number -> throughDispatcher(number).getAsync(key(number), seeing));
  }

  private static String name(int namespace) {
    return "growth-" + namespace;
  }

  private void create(int namespace) {
    NamespaceSettings settings =
        NamespaceSettings.of(name(namespace)).withMaxVersions(spreading.versions());
    ids[namespace] = client.admin().createNamespace(settings).id();
  }

  private void fill(int namespace) {
    int count = records().count();
    try (Filling filling = new Filling(throughDispatcher.get(namespace))) {
      for (int version = 0; version < spreading.versions(); version++) {
        for (long i = namespace; i < count; i += spreading.namespaces()) {
          filling.put(key(i), records().value(i + (long) version * count));
        }
      }
    }
  }

  private void findOneOfEachShard() {
    int shards = spreading.shards();
    BitSet found = new BitSet(shards);
    List<Long> numbers = new ArrayList<>();
    for (long i = 0; i < records().count() && found.cardinality() < shards; i++) {
      int shard = ShardHash.shard(ids[spreading.namespaceOf(i)], records().key(i), shards);
      if (!found.get(shard)) {
        found.set(shard);
        numbers.add(i);
      }
    }
    oneOfEachShard = numbers.stream().mapToLong(Long::longValue).toArray();
  }

  /** A client asks once what a namespace is: not while reads are measured. */
  private void meetAll() throws Exception {
    ReadOptions any = ReadOptions.defaults().withConsistency(Consistency.EVENTUAL);
    long[] firsts = new long[spreading.namespaces()];
    for (int i = 0; i < firsts.length; i++) {
      firsts[i] = i;
    }
    require(firsts, number -> throughDispatcher(number).getAsync(key(number), any));
    require(firsts, number -> direct(number).getAsync(key(number), any));
  }

  private static void require(
      long[] numbers, LongFunction<CompletableFuture<Optional<StoredRecord>>> read)
      throws Exception {
    for (int from = 0; from < numbers.length; from += READS_AT_ONCE) {
      List<CompletableFuture<Optional<StoredRecord>>> reads = new ArrayList<>();
      for (int i = from; i < Math.min(numbers.length, from + READS_AT_ONCE); i++) {
        reads.add(read.apply(numbers[i]));
      }
      for (int i = 0; i < reads.size(); i++) {
        if (reads.get(i).get().isEmpty()) {
          throw new IllegalStateException(
              "record " + numbers[from + i] + " was loaded and is not found");
        }
      }
    }
  }

  /** Closes the clients. */
  @Override
  public void close() throws Exception {
    try (Closing closing = new Closing()) {
      closing.add(client::close);
      closing.add(directClient::close);
    }
  }
}
