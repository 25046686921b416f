package io.byssus.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.bench.engine.CaseResult;
import io.byssus.bench.engine.Rounds;
import io.byssus.bench.stage.Extent;
import io.byssus.client.ByssusClient;
import io.byssus.cluster.LocalCluster;
import io.byssus.cluster.LocalClusterConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One case, for about a second, on a cluster that runs already. */
class BenchTest {
  private static final Rounds SHORT = new Rounds(2, 1, Duration.ofMillis(500));

  @TempDir Path directory;

  @Test
  void aCaseIsMeasuredOnARunningClusterAndNothingIsLeftBehind() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    LocalClusterConfig shape =
        new LocalClusterConfig(directory.resolve("data"), OptionalInt.of(1), OptionalInt.of(4), 0);
    try (LocalCluster cluster = LocalCluster.start(shape);
        ByssusClient client = ByssusClient.connect(cluster.endpoint())) {
      List<CaseResult> rows = new ArrayList<>();
      BenchConfig config = config(temporary, List.of("get"), Optional.of(cluster.endpoint()));
      new Bench(config, line -> {}).run(rows::add);

      assertEquals(1, rows.size());
      CaseResult row = rows.get(0);
      assertTrue(row.figures().isPresent(), row::trouble);
      assertTrue(row.figures().get().subject().median() > 0, row::toString);
      assertEquals(2, row.curves().size());
      assertEquals(List.of(), client.admin().listNamespaces());
    }
    try (var left = Files.list(temporary)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void aBacklogIsReplayedWholeWithABrokerOfItsOwn() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    List<CaseResult> rows = new ArrayList<>();
    // What there is of a cluster is not asked for.
    BenchConfig config = config(temporary, List.of("replay"), Optional.of("127.0.0.1:1"));
    new Bench(config, line -> {}).run(rows::add);

    assertEquals(1, rows.size());
    assertTrue(rows.get(0).figures().isPresent(), rows.get(0)::trouble);
    assertTrue(rows.get(0).measured().contains("20,000"), rows.get(0)::measured);
    try (var left = Files.list(temporary)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void aCaseThatThereIsNotIsRefusedWithThoseThatThereAre() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> config(directory, List.of("gett"), Optional.empty()));
    assertTrue(refused.getMessage().contains("'gett'"), refused.getMessage());
    assertTrue(refused.getMessage().contains("get-direct"), refused.getMessage());
    assertFalse(Bench.cases().isEmpty());
  }

  private static BenchConfig config(Path temporary, List<String> cases, Optional<String> endpoint) {
    Extent extent = Extent.USUAL.withRecords(20_000);
    return new BenchConfig("no.such.Main", temporary, cases, endpoint, SHORT, 1_000, extent);
  }
}
