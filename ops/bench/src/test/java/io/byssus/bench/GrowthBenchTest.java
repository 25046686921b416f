package io.byssus.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.bench.engine.Rounds;
import io.byssus.bench.growth.Growth;
import io.byssus.bench.growth.GrowthLine;
import io.byssus.bench.growth.GrowthLine.Mark;
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
  private static final Rounds SHORT = new Rounds(0, 1, Duration.ofMillis(500));
  private static final int RECORDS = 1_000;

  @TempDir Path directory;

  @Test
  void aCurveHasEveryFigureAtEveryPointThatDoesNotFail() throws Exception {
    List<Integer> versions = new ArrayList<>();
    List<GrowthLine> lines = new ArrayList<>();
    ClusterSource two =
        shards -> {
          if (versions.size() == 2) {
            throw new IOException("no room");
          }
          LocalCluster cluster = cluster("versions-" + versions.size(), shards);
          return new ClusterSource.Started(
              List.of(cluster.endpoint()),
              () -> {
                versions.add(versionsOfOne(cluster));
                cluster.close();
              });
        };
    bench("versions").run(two, lines::addAll);

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
      assertEquals(List.of(1L, 10L, 100L), line.marks().stream().map(Mark::x).toList());
      for (Mark mark : line.marks().subList(0, 2)) {
        assertTrue(mark.figures().isPresent(), mark::trouble);
        assertTrue(mark.figures().get().min() > 0, mark::toString);
        assertNotEquals(Growth.UNKNOWN, line.growth(mark));
      }
      assertEquals("no room", line.marks().get(2).trouble());
      assertFalse(line.reached());
    }
    assertEquals(List.of(1, 10), versions, "kept of a record at each point");
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
