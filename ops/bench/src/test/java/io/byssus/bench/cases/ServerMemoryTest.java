package io.byssus.bench.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.bench.engine.BenchCase;
import io.byssus.bench.engine.CaseResult;
import io.byssus.bench.engine.CaseRun;
import io.byssus.bench.engine.Rounds;
import io.byssus.bench.load.Records;
import io.byssus.bench.stage.Extent;
import io.byssus.bench.stage.Stage;
import io.byssus.bench.stage.StagePlan;
import io.byssus.bench.stage.WatchedServer;
import io.byssus.cluster.LocalCluster;
import io.byssus.cluster.LocalClusterConfig;
import io.byssus.cluster.NodeRole;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A server in this very JVM is looked at for a few seconds. */
@EnabledOnOs(OS.LINUX)
class ServerMemoryTest {
  private static final int RECORDS = 5_000;
  private static final Duration WATCHED = Duration.ofSeconds(2);

  @TempDir Path directory;

  @Test
  void memoryIsHeldAgainstTheServersOwnBoundAndItsOwnBeginning() throws Exception {
    List<String> told = new ArrayList<>();
    AtomicBoolean ended = new AtomicBoolean();
    LocalClusterConfig shape =
        new LocalClusterConfig(directory, OptionalInt.of(1), OptionalInt.of(4), 0);
    try (LocalCluster cluster = LocalCluster.start(shape);
        Stage stage = stage(told)) {
      WatchedServer server =
          new WatchedServer(
              ProcessHandle.current().pid(),
              cluster.metricsAddresses(NodeRole.SERVER).get(0),
              List.of(cluster.endpoint()),
              () -> ended.set(true));
      BenchCase memory = ServerMemory.on(stage, () -> server).get(0);
      assertTrue(memory.conduct().onlyWhereNamed());

      Rounds rounds = memory.conduct().of(new Rounds(6, 5, Duration.ofSeconds(1)));
      List<CaseResult> rows = new CaseRun(rounds, told::add).run(memory);

      assertEquals(2, rows.size());
      CaseResult.Figures bound = figures(rows.get(0));
      CaseResult.Figures flat = figures(rows.get(1));
      long heap = Runtime.getRuntime().maxMemory() >> 20;
      assertTrue(bound.ceiling().median() > heap, bound::toString);
      assertTrue(bound.subject().median() > 50, bound::toString);
      assertTrue(flat.ratio().median() >= 1, flat::toString);
      assertTrue(told.stream().anyMatch(line -> line.contains("block cache")), told::toString);
    }
    assertTrue(ended.get());
  }

  @Test
  void aServerWhoseMemoryGrowsIsNotFlat() {
    BenchCase memory = ServerMemory.on(stage(new ArrayList<>())).get(0);
    assertFalse(memory.ceilings().get(1).target().isReachedBy(1.06));
    assertTrue(memory.ceilings().get(1).target().isReachedBy(1.04));
  }

  private static CaseResult.Figures figures(CaseResult row) {
    return row.figures().orElseThrow(() -> new AssertionError(row.trouble()));
  }

  private Stage stage(List<String> told) {
    Extent extent = Extent.USUAL.withRecords(RECORDS).withWatched(WATCHED);
    StagePlan plan =
        new StagePlan(
            "no.such.Main", directory, Optional.empty(), new Records(RECORDS, 100), extent);
    return new Stage(plan, told::add);
  }
}
