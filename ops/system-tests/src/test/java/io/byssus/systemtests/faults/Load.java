package io.byssus.systemtests.faults;

import io.byssus.client.ByssusClient;
import io.byssus.client.Namespace;
import io.byssus.cluster.NodeRole;
import io.byssus.systemtests.TestCluster;
import io.byssus.testkit.Fate;
import io.byssus.testkit.Seed;
import io.byssus.testkit.SessionHistory;
import io.byssus.testkit.WriteJournal;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The clients of a run: SDK clients that write, each with a reader in its session, and one client
 * that stamps its own writes.
 */
final class Load implements AutoCloseable {
  private static final int CALLBACK_THREADS = 2;
  private static final Duration END_LIMIT = Duration.ofSeconds(60);

  private final WriteJournal<RecordName> journal;
  private final List<Lanes> lanes = new ArrayList<>();
  private final List<AutoCloseable> clients = new ArrayList<>();
  private final ExecutorService executor;

  /**
   * How much there is.
   *
   * @param sdkClients how many SDK clients write
   * @param lanesOfEach how many writes each has in flight
   * @param readLanesOfEach how many reads are in flight in the session of each
   * @param stampedLanes how many writes the client without the SDK has in flight
   */
  record Size(int sdkClients, int lanesOfEach, int readLanesOfEach, int stampedLanes) {
    int writesInFlight() {
      return sdkClients * lanesOfEach + stampedLanes;
    }
  }

  /** A load that runs at once. */
  Load(
      TestCluster cluster,
      String namespace,
      Size size,
      WriteJournal<RecordName> journal,
      Findings findings,
      Seed seed) {
    this.journal = journal;
    this.executor = Executors.newFixedThreadPool(CALLBACK_THREADS);
    try {
      for (int i = 0; i < size.sdkClients(); i++) {
        sdkClient(cluster, namespace, i, size, findings, seed.part(i));
      }
      if (size.stampedLanes() > 0) {
        stampedClient(cluster, namespace, size, findings, seed.part(size.sdkClients()));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void sdkClient(
      TestCluster cluster, String namespace, int number, Size size, Findings findings, Seed seed) {
    ByssusClient writing = client(cluster);
    ByssusClient reading = client(cluster);
    Namespace written = writing.namespace(namespace);
    SdkWriter writer = new SdkWriter("client-" + number, written, journal, findings);
    SessionReader reader =
        new SessionReader(
            reading.namespace(namespace),
            writer,
            writing.session(),
            new SessionHistory<>(journal, findings.violations()),
            findings);
    lanes("SDK client " + number, size.lanesOfEach(), seed.part(0), writer::write, findings);
    lanes("reader " + number, size.readLanesOfEach(), seed.part(1), reader::read, findings);
  }

  private ByssusClient client(TestCluster cluster) {
    ByssusClient client = cluster.client().callbackExecutor(executor).build();
    clients.add(client);
    return client;
  }

  private void stampedClient(
      TestCluster cluster, String namespace, Size size, Findings findings, Seed seed) {
    StampedClient client =
        new StampedClient(cluster.processes().addresses(NodeRole.DISPATCHER), executor);
    clients.add(client);
    StampedWriter writer =
        new StampedWriter(
            namespace, client, journal, findings, Clock.systemUTC(), seed.part(0).random());
    lanes("the stamped client", size.stampedLanes(), seed.part(1), writer::write, findings);
  }

  private void lanes(String name, int width, Seed seed, Lanes.Step step, Findings findings) {
    lanes.add(new Lanes(name, width, seed, executor, step, findings::unexpected));
  }

  /** How many writes were acknowledged so far. */
  long acknowledged() {
    return journal.ended(Fate.ACKNOWLEDGED);
  }

  /** Stops, and returns when the fate of every write stands in the journal. */
  void end() throws InterruptedException {
    lanes.forEach(Lanes::stop);
    for (Lanes each : lanes) {
      each.awaitEnd(END_LIMIT);
    }
  }

  @Override
  public void close() {
    lanes.forEach(Lanes::stop);
    for (AutoCloseable client : clients) {
      try {
        client.close();
      } catch (Exception e) {
        throw new IllegalStateException("a client does not close", e);
      }
    }
    executor.shutdownNow();
  }
}
