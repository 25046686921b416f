package io.byssus.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.FieldProblem;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.WriteOperation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Conditions, increments, versions, lifetimes and levels, as they reach a dispatcher. */
@Timeout(30)
final class SemanticsTest extends WriteScenario {
  private static final WriteOptions OPTIONS = WriteOptions.defaults();

  @Test
  void aConditionIsDecidedOnceAndItsOutcomeIsTheSameInEveryRetry() {
    faultsInTurn(new Fault.Break(true), new Fault.Break(true));
    WriteResult first =
        places.put(AMSTERDAM, "1".getBytes(), OPTIONS.withCondition(Condition.absent()));
    assertTrue(first.tookEffect());
    assertEquals(3, cluster.arrivals.size());
    WriteResult second =
        places.put(AMSTERDAM, "2".getBytes(), OPTIONS.withCondition(Condition.absent()));
    WriteFailure failure = second.failure().orElseThrow();
    assertEquals(
        new WriteFailure(0, WriteFailureReason.CONDITION_NOT_MET, true, first.version()), failure);
    long version = first.version().orElseThrow();
    assertTrue(
        places
            .put(AMSTERDAM, "3".getBytes(), OPTIONS.withCondition(Condition.versionEquals(version)))
            .tookEffect());
    assertTrue(
        places.delete(AMSTERDAM, OPTIONS.withCondition(Condition.valueEquals("3"))).tookEffect());
    assertFalse(places.delete(AMSTERDAM, OPTIONS.withCondition(Condition.present())).tookEffect());
  }

  @Test
  void withoutTheShardsMemoryOfOutcomesARetryWouldNotLearnThem() {
    // Shows that the tests beside this one can fail.
    cluster.shards.forEach(FakeShard::forgetOutcomes);
    faultsInTurn(new Fault.Break(true));
    assertThrows(
        IndeterminateException.class,
        () -> places.put(AMSTERDAM, "1".getBytes(), OPTIONS.withCondition(Condition.absent())));
  }

  @Test
  void anIncrementTellsTheSumOfItsFirstCopy() {
    faultsInTurn(new Fault.Break(true), new Fault.Duplicate());
    assertEquals(OptionalLong.of(5), places.increment(AMSTERDAM, 5).sum());
    cluster.releaseStuck();
    assertEquals(OptionalLong.of(3), places.incrementAsync(AMSTERDAM, -2).join().sum());
  }

  @Test
  void aBatchFailsAsAWholeAndTellsWhere() {
    WriteResult result =
        places.write(
            WriteBatch.of("NL")
                .put("Delft", "new")
                .increment("count", 1)
                .delete("Gouda", OperationOptions.defaults().withCondition(Condition.present()))
                .build());
    assertEquals(2, result.failure().orElseThrow().operation());
    assertEquals(null, cluster.text(Key.of("NL", "Delft")));
    assertEquals(
        List.of(7L, -1L),
        places.write(WriteBatch.of("NL").increment("a", 7).increment("b", -1).build()).sums());
  }

  @Test
  void versionsAndLifetimesReachTheDispatcher() {
    places.put(AMSTERDAM, new byte[0], OPTIONS.withVersion(9).withTtl(Duration.ofSeconds(3)));
    WriteOperation operation = last();
    assertEquals(9, operation.getVersion());
    assertEquals(3_000, operation.getLifetime().getTtlMs());
    places.put(AMSTERDAM, new byte[0], OPTIONS.withExpiry(Instant.ofEpochMilli(77)));
    assertEquals(77, last().getLifetime().getExpiresMs());
    places.put(AMSTERDAM, new byte[0], OPTIONS.withoutExpiry());
    assertTrue(last().getLifetime().hasUnending());
    places.delete(AMSTERDAM, OPTIONS.withVersion(10));
    assertEquals(10, last().getVersion());
  }

  private WriteOperation last() {
    return cluster.arrivals.get(cluster.arrivals.size() - 1).operations().get(0);
  }

  @Test
  void aLevelReachesTheDispatcherAndTheDefaultIsTheNamespaces() {
    places.get(AMSTERDAM);
    for (Consistency level :
        List.of(Consistency.LINEARIZABLE, Consistency.bounded(Duration.ofMillis(500)))) {
      places.get(
          AMSTERDAM,
          ReadOptions.defaults()
              .withConsistency(level)
              .withAtVersion(4)
              .withCriticality(Criticality.CRITICAL));
    }
    List<GetRequest> gets = cluster.dispatchers.stream().flatMap(d -> d.gets.stream()).toList();
    assertEquals(3, gets.size());
    assertEquals(
        1,
        gets.stream()
            .filter(
                g ->
                    g.getOptions().getConsistency()
                        == io.byssus.proto.kv.v1.Consistency.CONSISTENCY_UNSPECIFIED)
            .count());
    GetRequest bounded =
        gets.stream()
            .filter(g -> g.getOptions().getMaxStalenessMs() == 500)
            .findAny()
            .orElseThrow();
    assertEquals(4, bounded.getAtVersion());
    assertEquals(io.byssus.proto.kv.v1.Criticality.CRITICAL, bounded.getOptions().getCriticality());
    assertEquals("BOUNDED(PT0.5S)", Consistency.bounded(Duration.ofMillis(500)).toString());
  }

  @Test
  void versionsAreListedPageByPage() {
    WriteResult put = places.put(AMSTERDAM, "water");
    VersionPage page = places.versions(AMSTERDAM, VersionQuery.all().limit(1));
    assertEquals(put.position().packed(), page.versions().get(0).version());
    assertEquals("water", page.versions().get(0).valueUtf8().orElseThrow());
    assertEquals(Instant.ofEpochSecond(5), page.versions().get(0).expires().orElseThrow());
    VersionPage next =
        places.versions(
            AMSTERDAM, VersionQuery.all().limit(1).after(page.nextPage().orElseThrow()));
    assertTrue(next.versions().get(0).isDeleted());
    assertTrue(next.nextPage().isEmpty());
  }

  @Test
  void whatIsWrongIsNamedWithItsLimit() {
    assertProblem(
        "lifetime.ttl_ms",
        () -> places.put(AMSTERDAM, new byte[0], OPTIONS.withTtl(Duration.ofDays(40_000))));
    assertProblem(
        "lifetime.ttl_ms",
        () -> places.put(AMSTERDAM, new byte[0], OPTIONS.withTtl(Duration.ZERO)));
    assertProblem("lifetime", () -> places.delete(AMSTERDAM, OPTIONS.withoutExpiry()));
    assertProblem("version", () -> places.increment(AMSTERDAM, 1, OPTIONS.withVersion(3)));
    assertProblem(
        "condition.value_equals",
        () ->
            places.put(
                AMSTERDAM,
                new byte[0],
                OPTIONS.withCondition(Condition.valueEquals(new byte[1 << 21]))));
    assertProblem(
        "operations[0].lifetime.expires_ms",
        () ->
            places.write(
                WriteBatch.of("NL")
                    .put("a", "b", OperationOptions.defaults().withExpiry(Instant.EPOCH))
                    .build()));
    assertProblem(
        "operations",
        () -> places.write(WriteBatch.of("NL").put("a", "b").build(), OPTIONS.withVersion(1)));
    assertProblem(
        "options.max_staleness_ms",
        () ->
            places.get(
                AMSTERDAM,
                ReadOptions.defaults().withConsistency(Consistency.bounded(Duration.ofHours(2)))));
    assertProblem(
        "at_version",
        () -> places.scanPage(Scan.of("NL"), ReadOptions.defaults().withAtVersion(1)));
    assertProblem("limit", () -> places.versions(AMSTERDAM, VersionQuery.all().limit(1_001)));
    assertProblem(
        "from_version", () -> places.versions(AMSTERDAM, VersionQuery.all().from(2).to(1)));
    assertThrows(IllegalArgumentException.class, () -> OPTIONS.withVersion(0));
  }

  private static void assertProblem(String field, Executable call) {
    InvalidRequestException e = assertThrows(InvalidRequestException.class, call);
    assertEquals(List.of(field), e.problems().stream().map(FieldProblem::field).toList());
  }
}
