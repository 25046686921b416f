package io.byssus.bench.cases;

import io.byssus.bench.engine.BenchCase;
import io.byssus.bench.engine.BenchCase.Ceiling;
import io.byssus.bench.engine.Conduct;
import io.byssus.bench.engine.Contender;
import io.byssus.bench.engine.Running;
import io.byssus.bench.engine.Target;
import io.byssus.bench.load.ClosedLoop;
import io.byssus.bench.load.Operation;
import io.byssus.bench.load.Records;
import io.byssus.bench.stage.LoadedNamespace;
import io.byssus.bench.stage.MemoryWatcher;
import io.byssus.bench.stage.MemoryWatcher.Sample;
import io.byssus.bench.stage.MetricsReader;
import io.byssus.bench.stage.ProcessMemory;
import io.byssus.bench.stage.Stage;
import io.byssus.bench.stage.WatchedServer;
import io.byssus.client.Consistency;
import io.byssus.client.Namespace;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/**
 * What a server takes of memory while its records are read and overwritten, any of them, as fast as
 * it goes: heap and native memory, as the operating system counts them; without the files that it
 * has mapped, and their cache.
 *
 * <p>The highest of what was seen is held against two things. The first is the bound that the
 * server itself derives from how it is configured and tells among its metrics. The second is the
 * highest of the first tenth of the time: peak against peak, so that what the garbage collector
 * gives back and takes again does not count, and anything that goes on growing does, be it for the
 * last minute alone. The same load runs for another tenth before the watch begins, in which heap
 * and block cache fill up.
 *
 * <p>Takes a quarter of an hour, and so runs only where it is named.
 */
final class ServerMemory {
  /** What grows by no more than this is flat: malloc's own ups and downs. */
  private static final double FLAT = 1.05;

  private static final int PARTS = 10;
  private static final Duration PERIOD = Duration.ofSeconds(5);
  private static final double MIB = 1 << 20;

  /** Where the server comes from. */
  interface Servers {
    WatchedServer start() throws Exception;
  }

  private final Stage stage;
  private final Servers servers;
  private final Records records;
  private final Duration watched;

  /** What the subject has seen, for those that it is held against. */
  private List<Sample> seen = List.of();

  private double boundBytes;

  private ServerMemory(Stage stage, Servers servers) {
    this.stage = stage;
    this.servers = servers;
    this.records = new Records(stage.extent().held(), stage.records().valueBytes());
    this.watched = stage.extent().watched();
  }

  static List<BenchCase> on(Stage stage) {
    return on(stage, () -> WatchedServer.start(stage));
  }

  /** The same of another server. */
  static List<BenchCase> on(Stage stage, Servers servers) {
    ServerMemory memory = new ServerMemory(stage, servers);
    String measured =
        String.format(
            Locale.ROOT,
            "highest heap and native memory of a server with %,d records, in %d s of reads and"
                + " overwrites",
            memory.records.count(),
            memory.watched.toSeconds());
    return List.of(
        new BenchCase(
            "server-memory",
            measured,
            "MiB",
            new Contender("memory of the server", memory::server),
            List.of(
                new Ceiling(
                    new Contender("its configured bound", () -> length -> memory.bound()),
                    Target.atMost(1)),
                new Ceiling(
                    new Contender("its own first tenth", () -> length -> memory.firstTenth()),
                    Target.atMost(FLAT))),
            new Conduct(0, Integer.MAX_VALUE, true)));
  }

  private Running server() throws Exception {
    // Says so here, and not after minutes, where this system does not tell.
    ProcessMemory.of(ProcessHandle.current().pid());
    WatchedServer server = servers.start();
    stage.tell("loading " + records.count() + " records");
    LoadedNamespace loaded = LoadedNamespace.load(server.dispatchers(), records);
    return Running.of(
        length -> {
          watch(server, loaded.throughDispatcher());
          return highest(sample -> true);
        },
        () -> {
          try {
            loaded.close();
          } finally {
            server.close();
          }
        });
  }

  private void watch(WatchedServer server, Namespace namespace) throws Exception {
    ClosedLoop load = new ClosedLoop(readsAndOverwrites(namespace), Loads.IN_FLIGHT);
    MetricsReader metrics = new MetricsReader(server.metricsAddress());
    stage.tell("reads and overwrites, before the watch");
    load.run(watched.dividedBy(PARTS));
    boundBytes = metrics.read().sum("byssus_memory_bound_bytes", "");
    try (MemoryWatcher watcher =
        new MemoryWatcher(
            server.pid(), metrics, PERIOD, line -> stage.tell("server-memory: " + line))) {
      double perSecond = load.run(watched);
      stage.tell(String.format(Locale.ROOT, "server-memory: %.0f operations/s", perSecond));
      seen = watcher.samples();
    }
  }

  private Operation readsAndOverwrites(Namespace namespace) {
    Operation read = Reads.gets(namespace, records, Consistency.EVENTUAL);
    Operation overwrite = PointWrites.puts(namespace, records);
    return done -> (ThreadLocalRandom.current().nextBoolean() ? read : overwrite).begin(done);
  }

  private double bound() {
    return boundBytes / MIB;
  }

  private double firstTenth() {
    return highest(sample -> sample.after().compareTo(watched.dividedBy(PARTS)) <= 0);
  }

  private double highest(Predicate<Sample> which) {
    return seen.stream()
            .filter(which)
            .mapToLong(sample -> sample.memory().anonymousBytes())
            .max()
            .orElseThrow()
        / MIB;
  }
}
