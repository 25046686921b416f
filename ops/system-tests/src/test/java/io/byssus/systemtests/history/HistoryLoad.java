package io.byssus.systemtests.history;

import io.byssus.client.ByssusClient;
import io.byssus.client.Namespace;
import io.byssus.client.StreamedWriter;
import io.byssus.systemtests.TestCluster;
import io.byssus.systemtests.faults.Lanes;
import io.byssus.testkit.Seed;
import io.byssus.testkit.history.History;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The clients of a run; every second one reads from the servers where it can reach them. */
final class HistoryLoad implements AutoCloseable {
  private static final int CALLBACK_THREADS = 2;
  private static final Duration READ_DEADLINE = Duration.ofSeconds(3);
  private static final Duration WRITE_DEADLINE = Duration.ofSeconds(5);
  private static final Duration END_LIMIT = Duration.ofSeconds(60);

  private final ExecutorService executor = Executors.newFixedThreadPool(CALLBACK_THREADS);
  private final List<ByssusClient> clients = new ArrayList<>();
  private final List<StreamedWriter> writers = new ArrayList<>();
  private final List<Lanes> lanes = new ArrayList<>();

  /**
   * How much there is.
   *
   * @param clients how many clients, each of which uses every record
   * @param lanesOfEach how many operations each has under way
   * @param records how many records
   */
  record Size(int clients, int lanesOfEach, int records) {
    Size {
      if (records % lanesOfEach != 0) {
        throw new IllegalArgumentException("every lane needs as many records as the others");
      }
    }
  }

  /** A load that runs at once. */
  HistoryLoad(
      TestCluster cluster,
      String namespace,
      Size size,
      History<String> history,
      Outcomes outcomes,
      Seed seed) {
    try {
      for (int number = 0; number < size.clients(); number++) {
        ByssusClient client =
            cluster
                .client()
                .callbackExecutor(executor)
                .readDeadline(READ_DEADLINE)
                .writeDeadline(WRITE_DEADLINE)
                .directReads(number % 2 == 1)
                .build();
        clients.add(client);
        Namespace written = client.namespace(namespace);
        StreamedWriter writer = written.writer();
        writers.add(writer);
        HistoryClient acting = new HistoryClient(number, written, writer, history, outcomes);
        for (int lane = 0; lane < size.lanesOfEach(); lane++) {
          lanes.add(lane(number, lane, size, acting, outcomes, seed.part(lanes.size())));
        }
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private Lanes lane(
      int client, int lane, Size size, HistoryClient acting, Outcomes outcomes, Seed seed) {
    int recordsOfLane = size.records() / size.lanesOfEach();
    return new Lanes(
        "client " + client + ", lane " + lane,
        1,
        seed,
        executor,
        random -> {
          int record = lane + size.lanesOfEach() * random.nextInt(recordsOfLane);
          return acting.act("record-" + record, random);
        },
        outcomes::unexpected);
  }

  /** Stops, and returns when every operation has ended. */
  void end() throws InterruptedException {
    lanes.forEach(Lanes::stop);
    for (Lanes each : lanes) {
      each.awaitEnd(END_LIMIT);
    }
  }

  @Override
  public void close() {
    lanes.forEach(Lanes::stop);
    writers.forEach(StreamedWriter::close);
    clients.forEach(ByssusClient::close);
    executor.shutdownNow();
  }
}
