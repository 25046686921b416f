package io.byssus.controlplane.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.FieldProblem;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.admin.v1.ReadDefaults;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.log.v1.ConflictRule;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class NamespaceLifecycleTest {
  private static final long GRACE = 1_000;

  private final LiveState live = new LiveState();

  @BeforeEach
  void initialise() {
    live.granted(Commands.init(Commands.settings(4, 1, 1)));
  }

  private static NamespaceSpec.Builder places() {
    return NamespaceSpec.newBuilder().setName("places");
  }

  private static List<String> fields(ByssusException error) {
    assertEquals(ErrorCode.INVALID_REQUEST, error.code());
    return error.problems().stream().map(FieldProblem::field).toList();
  }

  private NamespaceEntry entry(int id) {
    return live.image().namespace(id).orElseThrow();
  }

  private NamespaceSpec spec(String name) {
    return NamespaceSpecs.of(live.image().namespace(name).orElseThrow());
  }

  @Test
  void namespacesGetIdsInOrderAndANameOnce() {
    assertEquals(
        ErrorCode.CLUSTER_NOT_READY, new LiveState().refused(Commands.namespace("a")).code());
    live.granted(Commands.namespace("a"));
    live.granted(Commands.namespace("b"));
    assertEquals(1, live.image().namespace("a").orElseThrow().getRules().getNamespaceId());
    assertEquals(2, live.image().namespace("b").orElseThrow().getRules().getNamespaceId());
    assertEquals(ErrorCode.NAMESPACE_EXISTS, live.refused(Commands.namespace("a")).code());
  }

  @Test
  void whatIsNotSetTakesItsDefault() {
    live.granted(Commands.namespace(places().build()));
    assertEquals(
        places()
            .setConflictRule(ConflictRule.LOG_ORDER)
            .setMaxVersions(1)
            .setReadDefaults(ReadDefaults.newBuilder().setConsistency(Consistency.EVENTUAL))
            .build(),
        spec("places"));
    assertEquals(1, entry(1).getRules().getVersion());
    live.granted(
        Commands.namespace(
            NamespaceSpec.newBuilder()
                .setName("signals")
                .setConflictRule(ConflictRule.VERSION)
                .build()));
    assertEquals(604_800_000, spec("signals").getTombstoneRetentionMs(), "7 days");
  }

  @Test
  void theWholeDeclarationIsKept() {
    NamespaceSpec whole =
        places()
            .setConflictRule(ConflictRule.VERSION)
            .setDefaultTtlMs(3_155_760_000_000L)
            .setTombstoneRetentionMs(31_557_600_000L)
            .setMaxVersions(1_000)
            .setReadDefaults(
                ReadDefaults.newBuilder()
                    .setConsistency(Consistency.BOUNDED)
                    .setMaxStalenessMs(3_600_000)
                    .setEventualMaxAgeMs(86_400_000)
                    .setCacheMs(60_000))
            .build();
    live.granted(Commands.namespace(whole));
    assertEquals(whole, spec("places"));
  }

  @Test
  void everythingWrongWithADeclarationIsNamedAtOnceWithItsLimit() {
    ByssusException error =
        live.refused(
            Commands.namespace(
                NamespaceSpec.newBuilder()
                    .setName("A b")
                    .setConflictRuleValue(99)
                    .setDefaultTtlMs(999)
                    .setTombstoneRetentionMs(59_999)
                    .setMaxVersions(1_001)
                    .setReadDefaults(
                        ReadDefaults.newBuilder()
                            .setConsistency(Consistency.BOUNDED)
                            .setEventualMaxAgeMs(999)
                            .setCacheMs(60_001))
                    .build()));
    assertEquals(
        List.of(
            "spec.name",
            "spec.conflict_rule",
            "spec.default_ttl_ms",
            "spec.tombstone_retention_ms",
            "spec.max_versions",
            "spec.read_defaults.max_staleness_ms",
            "spec.read_defaults.eventual_max_age_ms",
            "spec.read_defaults.cache_ms"),
        fields(error));
    assertTrue(
        error.getMessage().contains("must be 0, or 1000 to 3155760000000; is 999"),
        error.getMessage());
    assertEquals(List.of("spec.name"), fields(live.refused(Commands.namespace(""))));
  }

  @Test
  void settingsThatMeanNothingWithTheOthersAreRefused() {
    assertEquals(
        List.of("spec.tombstone_retention_ms", "spec.read_defaults.max_staleness_ms"),
        fields(
            live.refused(
                Commands.namespace(
                    places()
                        .setTombstoneRetentionMs(60_000)
                        .setReadDefaults(ReadDefaults.newBuilder().setMaxStalenessMs(5))
                        .build()))));
    NamespaceSpec unknown =
        places().setReadDefaults(ReadDefaults.newBuilder().setConsistencyValue(77)).build();
    assertEquals(
        List.of("spec.read_defaults.consistency"),
        fields(live.refused(Commands.namespace(unknown))));
    assertEquals(
        List.of("spec.default_ttl_ms"),
        fields(live.refused(Commands.namespace(places().setDefaultTtlMs(-1).build()))),
        "numbers have no sign");
  }

  @Test
  void anUpdateRaisesTheRulesVersion() {
    live.granted(Commands.namespace("places"));
    live.granted(Commands.update(places().setMaxVersions(3).build(), 0));
    assertEquals(2, entry(1).getRules().getVersion());
    live.granted(Commands.update(places().setMaxVersions(3).setDefaultTtlMs(1_000).build(), 2));
    assertEquals(3, entry(1).getRules().getVersion());
    assertEquals(3, spec("places").getMaxVersions());
    assertEquals(1_000, spec("places").getDefaultTtlMs());
    assertEquals(1, entry(1).getCreatedMs());
  }

  @Test
  void anUpdateOfWhatReadsDoRaisesItTooSoThatNobodyUndoesItUnseen() {
    live.granted(Commands.namespace("places"));
    NamespaceSpec cached =
        places().setReadDefaults(ReadDefaults.newBuilder().setCacheMs(100)).build();
    live.granted(Commands.update(cached, 1));
    assertEquals(2, entry(1).getRules().getVersion());
    assertEquals(
        ErrorCode.NAMESPACE_CHANGED,
        live.refused(
                Commands.update(
                    places().setReadDefaults(ReadDefaults.newBuilder().setCacheMs(200)).build(), 1))
            .code());
    assertEquals(100, spec("places").getReadDefaults().getCacheMs());
    assertEquals(List.of(), live.granted(Commands.update(cached, 0)), "it is so already");
  }

  @Test
  void anUpdateOfWhatTheCallerDidNotSeeIsRefusedUnlessItIsSoAlready() {
    live.granted(Commands.namespace("places"));
    live.granted(Commands.update(places().setMaxVersions(3).build(), 1));
    assertEquals(
        ErrorCode.NAMESPACE_CHANGED,
        live.refused(Commands.update(places().setMaxVersions(4).build(), 1)).code());
    assertEquals(
        List.of(),
        live.granted(Commands.update(places().setMaxVersions(3).build(), 1)),
        "the repeat of a call whose answer was lost");
  }

  @Test
  void whatCannotBeChangedIsNamedWithAllElseThatIsWrong() {
    live.granted(Commands.namespace("places"));
    ByssusException error =
        live.refused(
            Commands.update(
                places().setConflictRule(ConflictRule.VERSION).setMaxVersions(1_001).build(), 0));
    assertEquals(List.of("spec.max_versions", "spec.conflict_rule"), fields(error));
    assertTrue(error.getMessage().contains("cannot be changed; is LOG_ORDER"), error.getMessage());
    assertEquals(
        ErrorCode.NAMESPACE_NOT_FOUND,
        live.refused(Commands.update(places().setName("cities").build(), 0)).code());
  }

  @Test
  void aDeletedNamespaceIsUnknownByItsNameAtOnceAndSaysSo() {
    live.granted(Commands.namespace("places"));
    live.granted(Commands.delete("places", GRACE, 5_000));
    assertEquals(NamespaceState.DELETED, entry(1).getState());
    assertEquals(live.image().revision(), entry(1).getDeletedRevision());
    assertEquals(5_000, entry(1).getDeletedMs());
    for (var command :
        List.of(Commands.delete("places", GRACE, 5_001), Commands.update(places().build(), 0))) {
      ByssusException error = live.refused(command);
      assertEquals(ErrorCode.NAMESPACE_NOT_FOUND, error.code());
      assertTrue(
          error.getMessage().contains("can be undeleted until 1970-01-01T00:00:06Z"),
          error.getMessage());
    }
  }

  @Test
  void aDeletionCanBeTakenBackUntilTheGraceIsOver() {
    live.granted(Commands.namespace(places().setMaxVersions(7).build()));
    NamespaceEntry before = entry(1);
    live.granted(Commands.delete("places", GRACE, 5_000));
    live.granted(Commands.undelete("places", 5_999));
    assertEquals(before, entry(1), "as it was");
    live.granted(Commands.delete("places", GRACE, 7_000));
    assertEquals(
        ErrorCode.NAMESPACE_NOT_FOUND, live.refused(Commands.undelete("places", 8_000)).code());
    assertEquals(
        ErrorCode.NAMESPACE_NOT_FOUND, live.refused(Commands.undelete("cities", 1)).code());
  }

  @Test
  void theNameIsFreeForAnotherWhichStandsInTheWayOfTheFirstUntilItGoes() {
    live.granted(Commands.namespace("places"));
    live.granted(Commands.delete("places", GRACE, 5_000));
    live.granted(Commands.namespace("places"));
    assertEquals(2, live.image().namespace("places").orElseThrow().getRules().getNamespaceId());
    assertEquals(
        ErrorCode.NAMESPACE_EXISTS, live.refused(Commands.undelete("places", 5_001)).code());
    live.granted(Commands.delete("places", GRACE, 5_002));
    live.granted(Commands.undelete("places", 5_003));
    assertEquals(
        2,
        live.image().namespace("places").orElseThrow().getRules().getNamespaceId(),
        "the one that was deleted last");
  }

  @Test
  void aNamespaceIsDroppedInOrderAndNotBeforeItsGraceIsOver() {
    live.granted(Commands.namespace("places"));
    assertEquals(
        List.of(), live.granted(Commands.advance(1, NamespaceState.DROPPING, 9_000)), "in use");
    live.granted(Commands.delete("places", GRACE, 5_000));
    assertEquals(List.of(), live.granted(Commands.advance(1, NamespaceState.DROPPING, 5_999)));
    assertEquals(List.of(), live.granted(Commands.advance(1, NamespaceState.DROPPED, 6_000)));
    live.granted(Commands.advance(1, NamespaceState.DROPPING, 6_000));
    assertEquals(NamespaceState.DROPPING, entry(1).getState());
    assertEquals(live.image().revision(), entry(1).getDroppingRevision());
    assertEquals(
        ErrorCode.NAMESPACE_NOT_FOUND, live.refused(Commands.undelete("places", 5_500)).code());
    live.granted(Commands.advance(1, NamespaceState.DROPPED, 6_001));
    assertEquals(NamespaceState.DROPPED, entry(1).getState());
    assertEquals(List.of(), live.granted(Commands.advance(1, NamespaceState.DROPPED, 6_002)));
    assertEquals(
        List.of("to"), fields(live.refused(Commands.advance(1, NamespaceState.ACTIVE, 7_000))));
    live.granted(Commands.namespace("places"));
    assertEquals(2, live.image().namespace("places").orElseThrow().getRules().getNamespaceId());
  }

  private static MapChange namespace(int id, NamespaceState state) {
    NamespaceEntry.Builder entry = NamespaceEntry.newBuilder().setState(state);
    entry.getRulesBuilder().setNamespaceId(id).setName("n" + id);
    return MapChange.newBuilder().setNamespace(entry).build();
  }

  private static ControlPlaneState with(ControlPlaneState state, int count, NamespaceState each) {
    List<MapChange> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      changes.add(namespace(state.nextNamespaceId() + i, each));
    }
    return ControlPlaneStateMachine.replay(state, changes);
  }

  @Test
  void theLimitCountsWhatIsNotDropped() {
    ControlPlaneState many =
        with(
            with(live.state(), RequestChecks.MAX_NAMESPACES - 1, NamespaceState.DELETED),
            10,
            NamespaceState.DROPPED);
    assertTrue(
        ControlPlaneStateMachine.decide(many, Commands.namespace("last"))
            instanceof Decision.Accepted);
    ControlPlaneState full = with(many, 1, NamespaceState.ACTIVE);
    Decision.Rejected refusal =
        (Decision.Rejected)
            ControlPlaneStateMachine.decide(full, Commands.namespace("one-too-many"));
    assertTrue(
        refusal.reason().getMessage().contains("limit is 10000"), refusal.reason().getMessage());
  }

  @Test
  void theMapForgetsTheOldestOfVeryManyDroppedOnes() {
    ControlPlaneState many =
        with(
            with(live.state(), RequestChecks.MAX_DROPPED_NAMESPACES, NamespaceState.DROPPED),
            1,
            NamespaceState.DROPPING);
    ControlPlaneState after =
        ControlPlaneStateMachine.replay(
            many,
            ControlPlaneStateMachine.decide(
                    many, Commands.advance(many.nextNamespaceId() - 1, NamespaceState.DROPPED, 1))
                .changes());
    assertTrue(after.image().namespace(1).isEmpty());
    assertEquals(RequestChecks.MAX_DROPPED_NAMESPACES, after.image().namespaces().size());
    assertEquals(many.nextNamespaceId(), after.nextNamespaceId());
  }
}
