package io.byssus.bench.ceilings;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * What a Kafka user would do instead, as a process of its own: a topic as a table of Kafka Streams,
 * read by interactive queries over gRPC on any free loopback port. Says {@code ready PORT} on
 * standard output when it holds all records of the topic. Ends with its standard input, and by
 * SIGTERM.
 *
 * <p>The table's changelog is the topic itself. There is no record cache before the stores: it
 * would answer for records just written, and here none is.
 *
 * <p>Handlers run on gRPC's event loop, as those of the echo and of a server's reads from memory.
 */
public final class StreamsServerMain {
  private static final String STORE = "records";
  private static final int THREADS = 2;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(8);

  private final KafkaStreams streams;
  private final CountDownLatch running = new CountDownLatch(1);
  private final CountDownLatch missing;

  private StreamsServerMain(Properties settings, String topic, int records) {
    this.missing = new CountDownLatch(records);
    this.streams = new KafkaStreams(topology(settings, topic), settings);
    streams.setStateListener(
        (now, before) -> {
          if (now == KafkaStreams.State.RUNNING) {
            running.countDown();
          } else if (now == KafkaStreams.State.ERROR) {
            System.err.println("Kafka Streams has failed");
            Runtime.getRuntime().halt(1);
          }
        });
  }

  /**
   * The arguments of this process.
   *
   * @param records how many the topic has, each under a key of its own
   * @param state where its files go; made
   * @param cacheBytes the block cache of all its stores
   */
  public static List<String> arguments(BareLog log, int records, Path state, long cacheBytes) {
    return List.of(
        log.bootstrap(),
        log.topic(),
        Integer.toString(log.partitions()),
        Integer.toString(records),
        state.toString(),
        Long.toString(cacheBytes));
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    String topic = args[1];
    Properties settings = settings(args[0], topic, args[4], args[5]);
    StreamsServerMain main = new StreamsServerMain(settings, topic, Integer.parseInt(args[3]));
    Runtime.getRuntime().addShutdownHook(new Thread(main::leave, "leave"));
    Thread watch = new Thread(StreamsServerMain::exitWithStdin, "exit-with-stdin");
    watch.setDaemon(true);
    watch.start();
    main.streams.start();
    main.running.await();
    main.missing.await();
    Server server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .directExecutor()
            .addService(new StreamsReads(main.stores(Integer.parseInt(args[2]))))
            .build()
            .start();
    System.out.println("ready " + server.getPort());
    server.awaitTermination();
  }

  private static Properties settings(
      String bootstrap, String topic, String state, String cacheBytes) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, topic + "-table");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, state);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, THREADS);
    settings.put(StreamsConfig.TOPOLOGY_OPTIMIZATION_CONFIG, StreamsConfig.OPTIMIZE);
    settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, StreamsStoreOptions.class);
    settings.put(StreamsStoreOptions.CACHE_BYTES, cacheBytes);
    return settings;
  }

  private Topology topology(Properties settings, String topic) {
    StreamsBuilder builder = new StreamsBuilder();
    builder
        .table(
            topic,
            Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()),
            Materialized.<byte[], byte[], KeyValueStore<Bytes, byte[]>>as(STORE)
                .withCachingDisabled())
        .toStream()
        // Behind the store: what is counted is in it.
        .foreach((key, value) -> missing.countDown());
    return builder.build(settings);
  }

  private List<ReadOnlyKeyValueStore<byte[], byte[]>> stores(int partitions) {
    return IntStream.range(0, partitions).mapToObj(this::store).toList();
  }

  private ReadOnlyKeyValueStore<byte[], byte[]> store(int partition) {
    return streams.store(
        StoreQueryParameters.fromNameAndType(
                STORE, QueryableStoreTypes.<byte[], byte[]>keyValueStore())
            .withPartition(partition));
  }

  /** Closing alone would not leave the group, and the next member would wait for it. */
  private void leave() {
    streams.close(
        CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
            .withTimeout(CLOSE_LIMIT));
  }

  private static void exitWithStdin() {
    try {
      while (System.in.read() != -1) {
        // What the parent says does not matter, only that it is there.
      }
    } catch (IOException e) {
      // As good as its end.
    }
    System.exit(0);
  }
}
