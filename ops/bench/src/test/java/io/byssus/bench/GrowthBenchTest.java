package io.byssus.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.bench.engine.Rounds;
import io.byssus.bench.growth.Growth;
import io.byssus.bench.growth.GrowthLine;
import io.byssus.bench.load.Records;
import io.byssus.bench.stage.ClusterSource;
import io.byssus.client.ByssusClient;
import io.byssus.client.Key;
import io.byssus.client.VersionQuery;
import io.byssus.cluster.LocalCluster;
import io.byssus.cluster.LocalClusterConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One curve, for about a second, on clusters in this JVM. */
class GrowthBenchTest {
  private static final Rounds SHORT = new Rounds(1, 2, Duration.ofMillis(100));
  private static final int RECORDS = 1_000;

  @TempDir Path directory;

  @Test
  void aCurveHasEveryFigureAtEveryPoint() throws Exception {
    List<Integer> versions = new ArrayList<>();
    List<GrowthLine> lines = new ArrayList<>();
    ClusterSource clusters =
        shards -> {
          LocalCluster cluster = cluster("versions-" + versions.size(), shards);
          return new ClusterSource.Started(
              List.of(cluster.endpoint()),
              () -> {
                versions.add(versionsOfOne(cluster));
                cluster.close();
              });
        };
    bench("versions").run(clusters, lines::addAll);

    assertEquals(
        List.of(
            "get-throughput",
            "get-p99",
            "get-direct-throughput",
            "get-direct-p99",
            "write-stream-throughput",
            "write-stream-p99"),
        lines.stream().map(line -> line.figure().name()).toList());
    for (GrowthLine line : lines) {
      assertEquals(List.of(1L, 10L, 100L), line.marks().stream().map(GrowthLine.Mark::x).toList());
      line.marks()
          .forEach(
              mark -> {
                assertTrue(mark.figures().isPresent(), mark::trouble);
                assertTrue(mark.figures().get().min() > 0, mark::toString);
                assertNotEquals(Growth.UNKNOWN, line.growth(mark));
              });
    }
    assertEquals(List.of(1, 10, 100), versions, "kept of a record at each point");
  }

  @Test
  void aPointWithoutAClusterIsToldAndTheOthersAreMeasured() throws Exception {
    List<GrowthLine> lines = new ArrayList<>();
    List<Integer> asked = new ArrayList<>();
    ClusterSource none =
        shards -> {
          asked.add(shards);
          throw new IOException("no room");
        };
    bench("shards").run(none, lines::addAll);
    assertEquals(List.of(16, 256, 1_024), asked);
    assertTrue(
        lines.stream()
            .flatMap(line -> line.marks().stream())
            .allMatch(mark -> mark.figures().isEmpty() && mark.trouble().equals("no room")));
    assertTrue(lines.stream().noneMatch(GrowthLine::reached));
  }

  @Test
  void aCurveThatThereIsNotIsRefusedWithThoseThatThereAre() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> bench("get"));
    assertTrue(refused.getMessage().contains("'get'"), refused.getMessage());
    assertTrue(refused.getMessage().contains("value-size"), refused.getMessage());
  }

  private GrowthBench bench(String curve) {
    return new GrowthBench(
        new GrowthConfig("no.such.Main", directory, List.of(curve), SHORT, RECORDS), line -> {});
  }

  private LocalCluster cluster(String name, int shards) throws Exception {
    return LocalCluster.start(
        new LocalClusterConfig(
            Files.createDirectory(directory.resolve(name)),
            OptionalInt.of(1),
            OptionalInt.of(shards),
            0));
  }

  private static int versionsOfOne(LocalCluster cluster) {
    try (ByssusClient client = ByssusClient.connect(cluster.endpoint())) {
      Key key = Key.of(new Records(1, 1).key(0));
      return client.namespace("growth-0").versions(key, VersionQuery.all()).versions().size();
    }
  }
}
