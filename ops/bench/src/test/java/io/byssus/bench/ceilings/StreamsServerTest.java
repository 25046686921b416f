package io.byssus.bench.ceilings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.bench.load.Records;
import io.byssus.bench.stage.ReadyProcess;
import io.byssus.cluster.JavaCommand;
import io.byssus.cluster.JvmShape;
import io.byssus.kafka.EmbeddedKafka;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamsServerTest {
  private static final Records RECORDS = new Records(2_000, 100);
  private static final long CACHE_BYTES = 8L << 20;

  @TempDir Path directory;

  @Test
  void whenItIsReadyItHasEveryRecordAndNoOther() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0)) {
      BareLog log = BareLog.create(kafka.bootstrapServers(), "table", 4);
      try (BareProducer producer = BareProducer.byKey(log)) {
        producer.send(RECORDS.count(), RECORDS::key, RECORDS::value);
      }
      try (ReadyProcess server = start(log)) {
        try (StreamsClient client = new StreamsClient(Integer.parseInt(server.told()))) {
          List<CompletableFuture<Throwable>> reads =
              LongStream.range(0, RECORDS.count()).mapToObj(i -> get(client, i)).toList();
          for (CompletableFuture<Throwable> read : reads) {
            assertNull(read.get(10, TimeUnit.SECONDS));
          }
          Throwable missing = get(client, RECORDS.count()).get(10, TimeUnit.SECONDS);
          assertEquals(Status.Code.NOT_FOUND, Status.fromThrowable(missing).getCode());
        }
        server.stop(Duration.ofSeconds(20));
      }
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
        List<String> groups =
            admin.listGroups().all().get(10, TimeUnit.SECONDS).stream()
                .map(GroupListing::groupId)
                .toList();
        assertTrue(groups.contains("table-table"), groups::toString);
        // It has left: nobody would have to wait for it.
        assertEquals(
            List.of(),
            List.copyOf(
                admin
                    .describeConsumerGroups(List.of("table-table"))
                    .all()
                    .get(10, TimeUnit.SECONDS)
                    .get("table-table")
                    .members()));
      }
    }
  }

  private ReadyProcess start(BareLog log) throws Exception {
    return ReadyProcess.start(
        "streams",
        new JavaCommand(
            JvmShape.shortLived(256),
            Map.of(),
            StreamsServerMain.class.getName(),
            StreamsServerMain.arguments(
                log, RECORDS.count(), directory.resolve("state"), CACHE_BYTES)),
        directory.resolve("streams.log"));
  }

  /** What went wrong; null where nothing did. */
  private static CompletableFuture<Throwable> get(StreamsClient client, long number) {
    CompletableFuture<Throwable> done = new CompletableFuture<>();
    client.get(RECORDS.key(number), done::complete);
    return done;
  }
}
