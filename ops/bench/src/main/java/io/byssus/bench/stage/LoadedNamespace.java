package io.byssus.bench.stage;

import io.byssus.bench.load.Records;
import io.byssus.client.ByssusClient;
import io.byssus.client.Consistency;
import io.byssus.client.Key;
import io.byssus.client.MultiGetResult;
import io.byssus.client.Namespace;
import io.byssus.client.ReadOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/** A namespace with the records, and two clients: through the dispatchers, and direct. */
public final class LoadedNamespace implements AutoCloseable {
  private static final Duration VISIBLE_LIMIT = Duration.ofMinutes(2);
  private static final int SAMPLE = 1_000;

  private final ByssusClient client;
  private final ByssusClient directClient;
  private final List<String> created = new ArrayList<>();
  private final String prefix = "bench-" + Long.toString(System.nanoTime(), Character.MAX_RADIX);

  private LoadedNamespace(ByssusClient client, ByssusClient directClient) {
    this.client = client;
    this.directClient = directClient;
  }

  /** Loads the records; returns when they can be read from a replica. */
  public static LoadedNamespace load(List<String> endpoints, Records records) throws Exception {
    LoadedNamespace loaded =
        new LoadedNamespace(Clients.of(endpoints, false), Clients.of(endpoints, true));
    try {
      loaded.fill(loaded.another(), records, number -> Key.of(records.key(number)));
      return loaded;
    } catch (RuntimeException e) {
      try (loaded) {
        throw e;
      }
    }
  }

  /** The namespace, read through the dispatchers. */
  public Namespace throughDispatcher() {
    return client.namespace(created.get(0));
  }

  Namespace direct() {
    return directClient.namespace(created.get(0));
  }

  /** Another namespace with the records, under {@link OrderedKeys}. */
  Namespace ordered(Records records) {
    Namespace namespace = another();
    fill(namespace, records, OrderedKeys::key);
    return namespace;
  }

  /** A new namespace. */
  Namespace another() {
    String name = prefix + "-" + created.size();
    client.admin().createNamespace(name);
    created.add(name);
    return client.namespace(name);
  }

  private void fill(Namespace namespace, Records records, LongFunction<Key> key) {
    try (Filling filling = new Filling(namespace)) {
      for (int i = 0; i < records.count(); i++) {
        filling.put(key.apply(i), records.value(i));
      }
    }
    awaitVisible(namespace, records, key);
  }

  /**
   * A session read waits for all that its session wrote to the shard. The sample is from
   * everywhere, and so from every shard that has records.
   */
  private void awaitVisible(Namespace namespace, Records records, LongFunction<Key> key) {
    List<Key> sample = new ArrayList<>();
    int size = Math.min(SAMPLE, records.count());
    for (int i = 0; i < size; i++) {
      sample.add(key.apply((long) i * records.count() / size));
    }
    ReadOptions seeing =
        ReadOptions.defaults().withConsistency(Consistency.SESSION).withDeadline(VISIBLE_LIMIT);
    MultiGetResult read = namespace.multiGet(sample, seeing);
    if (read.records().size() != sample.size()) {
      throw new IllegalStateException(
          "of " + sample.size() + " records, " + read.records().size() + " can be read");
    }
  }

  /** Deletes what it created, as far as that goes: the cluster may be somebody's. */
  @Override
  public void close() throws Exception {
    try (Closing closing = new Closing()) {
      closing.add(client::close);
      closing.add(directClient::close);
      for (String name : created) {
        closing.add(() -> client.admin().deleteNamespace(name));
      }
    }
  }
}
