package io.byssus.bench.growth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.bench.stage.Spreading;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrowthCurveTest {
  @Test
  void valuesOfASizeMakeAGigabyteOrAMillion() {
    List<Spreading> loaded = loaded(GrowthCurve.VALUE_SIZE, 1_000_000);
    assertEquals(
        List.of(1_000_000, 1_000_000, 1_000_000, 100_000, 10_000),
        loaded.stream().map(spreading -> spreading.records().count()).toList());
    assertEquals(
        List.of(10, 100, 1_000, 10_000, 100_000),
        loaded.stream().map(spreading -> spreading.records().valueBytes()).toList());
  }

  @Test
  void versionsAreKeptOfATenthOfTheRecords() {
    List<Spreading> loaded = loaded(GrowthCurve.VERSIONS, 1_000_000);
    assertEquals(List.of(1, 10, 100), loaded.stream().map(Spreading::versions).toList());
    assertTrue(loaded.stream().allMatch(spreading -> spreading.records().count() == 100_000));
  }

  @Test
  void everyNamespaceHasARecordHoweverFewThereAre() {
    List<Spreading> loaded = loaded(GrowthCurve.NAMESPACES, 1_000);
    assertEquals(List.of(1, 100, 10_000), loaded.stream().map(Spreading::namespaces).toList());
    assertEquals(
        List.of(1_000, 1_000, 10_000),
        loaded.stream().map(spreading -> spreading.records().count()).toList());
  }

  @Test
  void onlyTheCurveOfShardsHasOtherShards() {
    assertEquals(
        List.of(16, 256, 1_024),
        loaded(GrowthCurve.SHARDS, 1_000).stream().map(Spreading::shards).toList());
    assertTrue(
        loaded(GrowthCurve.NAMESPACES, 1_000).stream().allMatch(points -> points.shards() == 16));
  }

  private static List<Spreading> loaded(GrowthCurve curve, int records) {
    return curve.points(records).stream().map(GrowthPoint::spreading).toList();
  }
}
