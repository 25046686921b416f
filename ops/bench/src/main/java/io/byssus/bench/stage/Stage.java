package io.byssus.bench.stage;

import io.byssus.bench.ceilings.BareDatabase;
import io.byssus.bench.ceilings.BareLog;
import io.byssus.bench.ceilings.BareProducer;
import io.byssus.bench.ceilings.EchoClient;
import io.byssus.bench.ceilings.EchoServerMain;
import io.byssus.bench.ceilings.StreamsServerMain;
import io.byssus.bench.load.Records;
import io.byssus.client.Namespace;
import io.byssus.cluster.ClusterProcesses;
import io.byssus.cluster.JavaCommand;
import io.byssus.cluster.JvmShape;
import io.byssus.cluster.NodeRole;
import io.byssus.kafka.EmbeddedKafkaMain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A cluster with records in one namespace, and what stands beside it on the same machine. Opened
 * when a case first needs it. For use by one thread.
 */
public final class Stage implements AutoCloseable {
  /** Shards of a cluster of its own, and partitions of the logs beside it. */
  public static final int SHARDS = 16;

  private static final int ECHO_HEAP = 512;
  private static final int STREAMS_HEAP = 1024;

  private final StagePlan plan;
  private final Consumer<String> progress;
  private final Preparation preparation;
  private final Closing open = new Closing();
  private ClusterProcesses cluster;
  private Exception unstarted;
  private LoadedNamespace loaded;
  private Exception unloaded;
  private Namespace ordered;
  private EchoClient echo;
  private String kafka;
  private int folders;

  /** Makes a stage fit to be measured on. */
  @FunctionalInterface
  public interface Preparation {
    /** Prepares a stage whose records are there. */
    void prepare(Stage stage) throws Exception;
  }

  /** A stage of which nothing is there yet, and which needs no preparation. */
  public Stage(StagePlan plan, Consumer<String> progress) {
    this(plan, progress, stage -> {});
  }

  /**
   * A stage of which nothing is there yet.
   *
   * @param preparation what is done once the records are there, before anything is measured
   */
  public Stage(StagePlan plan, Consumer<String> progress, Preparation preparation) {
    this.plan = plan;
    this.progress = progress;
    this.preparation = preparation;
  }

  /** The records that are in the namespace. */
  public Records records() {
    return plan.records();
  }

  /** How far the cases go that take long. */
  public Extent extent() {
    return plan.extent();
  }

  /** Tells, in a line, what is being done. */
  public void tell(String line) {
    progress.accept(line);
  }

  /** The main class of {@code byssus}. */
  public String main() {
    return plan.main();
  }

  /** A folder's name that is not in use. */
  public Path newFolder(String name) {
    return plan.folder().resolve(name + "-" + ++folders);
  }

  /** The namespace that holds the records, read through the dispatchers. */
  public Namespace throughDispatcher() throws Exception {
    return loaded().throughDispatcher();
  }

  /** The same, read from the servers. */
  public Namespace direct() throws Exception {
    return loaded().direct();
  }

  /** Another namespace with the records, under {@link OrderedKeys}, through the dispatchers. */
  public Namespace ordered() throws Exception {
    if (ordered == null) {
      LoadedNamespace first = loaded();
      progress.accept("loading " + records().count() + " records in order");
      ordered = first.ordered(records());
    }
    return ordered;
  }

  /** Another namespace of the same cluster, empty. */
  public Namespace emptyNamespace() throws Exception {
    return loaded().another();
  }

  /** A client of an echo server in a process of its own, the same for all cases. */
  public EchoClient echo() throws Exception {
    if (echo == null) {
      JavaCommand command =
          new JavaCommand(
              JvmShape.longLived(ECHO_HEAP), Map.of(), EchoServerMain.class.getName(), List.of());
      ReadyProcess server = open.add(ReadyProcess.start("echo", command, newFolder("echo.log")));
      echo = open.add(new EchoClient(Integer.parseInt(server.told())));
    }
    return echo;
  }

  /** Kafka Streams with the same records, in a process of its own, which tells its port. */
  public ReadyProcess startStreams() throws Exception {
    BareLog log = newLog("bench-streams");
    try (BareProducer producer = BareProducer.byKey(log)) {
      producer.send(records().count(), records()::key, records()::value);
    }
    JavaCommand command =
        new JavaCommand(
            JvmShape.longLived(STREAMS_HEAP),
            Map.of(),
            StreamsServerMain.class.getName(),
            StreamsServerMain.arguments(
                log, records().count(), newFolder("streams"), cacheBytes()));
    return ReadyProcess.start("streams", command, newFolder("streams.log"));
  }

  /** A new topic in a Kafka on this machine: the cluster's, where it is this stage's own. */
  public BareLog newLog(String name) throws Exception {
    return BareLog.create(kafka(), name + "-" + ++folders, SHARDS);
  }

  /** RocksDB with the same records, in this process. */
  public BareDatabase newDatabase() throws Exception {
    return BareDatabase.load(
        newFolder("database"),
        cacheBytes(),
        memtableBytes(),
        records().count(),
        records()::key,
        records()::value);
  }

  /** The block cache of all databases of one process. */
  public long cacheBytes() {
    return OwnCluster.CACHE_MEBIBYTES << 20;
  }

  /** The memtables of all databases of one process. */
  public long memtableBytes() {
    return OwnCluster.MEMTABLE_MEBIBYTES << 20;
  }

  /** How a broker alone is run on a directory: on any free port. */
  public JavaCommand kafkaCommand(Path directory) {
    return new JavaCommand(
        JvmShape.longLived(OwnCluster.KAFKA_HEAP),
        Map.of(),
        EmbeddedKafkaMain.class.getName(),
        List.of("--data", directory.toString(), "--port", "0", "--exit-with-stdin"));
  }

  /** Ends every process that it started. */
  @Override
  public void close() throws Exception {
    open.close();
  }

  private String kafka() throws Exception {
    if (plan.endpoint().isEmpty()) {
      return cluster().address("kafka");
    }
    if (kafka == null) {
      JavaCommand command = kafkaCommand(Files.createDirectories(newFolder("kafka")));
      kafka = open.add(ReadyProcess.start("kafka", command, newFolder("kafka.log"))).told();
    }
    return kafka;
  }

  /** Loaded once; what could not be loaded is not tried again for every case. */
  private LoadedNamespace loaded() throws Exception {
    if (unloaded != null) {
      throw unloaded;
    }
    if (loaded == null) {
      try {
        loaded = load();
        preparation.prepare(this);
      } catch (Exception e) {
        unloaded = e;
        throw e;
      }
    }
    return loaded;
  }

  private LoadedNamespace load() throws Exception {
    List<String> endpoints =
        plan.endpoint().isPresent()
            ? List.of(plan.endpoint().get())
            : cluster().addresses(NodeRole.DISPATCHER);
    progress.accept("loading " + records().count() + " records");
    return open.add(LoadedNamespace.load(endpoints, records()));
  }

  /** Started once; one that does not start is not tried again for every case. */
  private ClusterProcesses cluster() throws Exception {
    if (unstarted != null) {
      throw unstarted;
    }
    if (cluster == null) {
      try {
        cluster = newCluster(OwnCluster.SERVER);
      } catch (Exception e) {
        unstarted = e;
        throw e;
      }
    }
    return cluster;
  }

  /**
   * Another cluster like the one with the records, and empty. Ends with the stage, unless it is
   * closed before.
   *
   * @param server the JVM of its server
   */
  public ClusterProcesses newCluster(JvmShape server) throws Exception {
    progress.accept("starting a cluster");
    ClusterProcesses started =
        open.add(OwnCluster.prepare(newFolder("cluster"), plan.main(), server));
    OwnCluster.start(started, SHARDS);
    return started;
  }
}
