package io.byssus.bench.stage;

import io.byssus.bench.ceilings.BareDatabase;
import io.byssus.bench.ceilings.BareLog;
import io.byssus.bench.ceilings.EchoServerMain;
import io.byssus.bench.load.Records;
import io.byssus.client.Namespace;
import io.byssus.cluster.ClusterProcesses;
import io.byssus.cluster.JavaCommand;
import io.byssus.cluster.JvmShape;
import io.byssus.cluster.NodeRole;
import io.byssus.cluster.ProcessesConfig;
import io.byssus.kafka.EmbeddedKafkaMain;
import io.byssus.proto.admin.v1.InitClusterRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

  /** Of all databases of one process, here and in the server. */
  private static final long CACHE_MEBIBYTES = 512;

  private static final long MEMTABLE_MEBIBYTES = 256;
  private static final Duration READY_LIMIT = Duration.ofMinutes(2);
  private static final int KAFKA_HEAP = 1024;
  private static final int CONTROL_PLANE_HEAP = 256;
  private static final int SERVER_HEAP = 1024;
  private static final int DISPATCHER_HEAP = 1024;
  private static final int ECHO_HEAP = 512;

  private final StagePlan plan;
  private final Consumer<String> progress;
  private final Closing open = new Closing();
  private ClusterProcesses cluster;
  private LoadedNamespace loaded;
  private Exception unloaded;
  private Namespace ordered;
  private String kafka;
  private int folders;

  /** A stage of which nothing is there yet. */
  public Stage(StagePlan plan, Consumer<String> progress) {
    this.plan = plan;
    this.progress = progress;
  }

  /** The records that are in the namespace. */
  public Records records() {
    return plan.records();
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

  /** An echo server in a process of its own, which tells its port. */
  public ReadyProcess startEcho() throws Exception {
    JavaCommand command =
        new JavaCommand(
            JvmShape.longLived(ECHO_HEAP), Map.of(), EchoServerMain.class.getName(), List.of());
    return ReadyProcess.start("echo", command, newFolder("echo.log"));
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
    return CACHE_MEBIBYTES << 20;
  }

  /** The memtables of all databases of one process. */
  public long memtableBytes() {
    return MEMTABLE_MEBIBYTES << 20;
  }

  /** How a broker alone is run on a directory: on any free port. */
  public JavaCommand kafkaCommand(Path directory) {
    return new JavaCommand(
        JvmShape.longLived(KAFKA_HEAP),
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

  private ClusterProcesses cluster() throws IOException, InterruptedException {
    if (cluster == null) {
      progress.accept("starting a cluster");
      ProcessesConfig config =
          ProcessesConfig.usual(Files.createDirectories(newFolder("cluster")), plan.main())
              .withNodes(1, 1, 1)
              .withJvm(NodeRole.KAFKA, JvmShape.longLived(KAFKA_HEAP))
              .withJvm(NodeRole.CONTROL_PLANE, JvmShape.longLived(CONTROL_PLANE_HEAP))
              .withJvm(NodeRole.SERVER, JvmShape.longLived(SERVER_HEAP))
              .withJvm(NodeRole.DISPATCHER, JvmShape.longLived(DISPATCHER_HEAP))
              .withSetting(
                  NodeRole.SERVER,
                  "storage",
                  Map.of(
                      "block-cache",
                      CACHE_MEBIBYTES + "MiB",
                      "memtables",
                      MEMTABLE_MEBIBYTES + "MiB"));
      ClusterProcesses started = open.add(new ClusterProcesses(config));
      started.startAll();
      started.init(
          InitClusterRequest.newBuilder()
              .setClusterName("bench")
              .setShardCount(SHARDS)
              .setReplicationFactor(1)
              .setExpectedServers(1)
              .setLogReplicationFactor(1)
              .build(),
          READY_LIMIT);
      started.awaitReady(READY_LIMIT);
      cluster = started;
    }
    return cluster;
  }
}
