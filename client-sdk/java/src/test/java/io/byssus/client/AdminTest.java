package io.byssus.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.byssus.client.admin.ConflictRule;
import io.byssus.client.admin.NamespaceDescription;
import io.byssus.client.admin.NamespaceSettings;
import io.byssus.client.admin.NamespaceSizes;
import io.byssus.client.admin.NamespaceState;
import io.byssus.client.admin.ReadDefaults;
import io.byssus.client.admin.ReadLevel;
import io.byssus.client.admin.ReplicaState;
import io.byssus.client.admin.ShardDescription;
import io.byssus.model.ErrorCode;
import io.byssus.model.FieldProblem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class AdminTest {
  private FakeCluster cluster;
  private ByssusClient client;

  @BeforeEach
  void start() throws Exception {
    cluster = new FakeCluster(2, 2);
    client = cluster.client().build();
  }

  @AfterEach
  void stop() {
    client.close();
    cluster.close();
  }

  @Test
  void aNamespaceIsCreatedOnce() {
    NamespaceDescription created = client.admin().createNamespace("signals");
    assertEquals("signals", created.name());
    assertEquals(ConflictRule.LOG_ORDER, created.conflictRule());
    NamespaceDescription described = client.admin().describeNamespace("signals");
    assertEquals(created.settings(), described.settings());
    assertEquals(new NamespaceSizes(12, 3_000, 1, 2), described.sizes().orElseThrow());
    AlreadyExistsException e =
        assertThrows(AlreadyExistsException.class, () -> client.admin().createNamespace("signals"));
    assertEquals(ErrorCode.NAMESPACE_EXISTS, e.code());
    assertEquals(
        List.of("places", "signals"),
        client.admin().listNamespaces().stream().map(NamespaceDescription::name).toList());
  }

  @Test
  void aCreationThatWasCarriedOutAndNotAnsweredSucceeds() {
    cluster.breakCreations.set(1);
    assertEquals("signals", client.admin().createNamespace("signals").name());
  }

  private static final NamespaceSettings SETTINGS =
      NamespaceSettings.of("sessions")
          .withConflictRule(ConflictRule.VERSION)
          .withDefaultTtl(Duration.ofMinutes(30))
          .withTombstoneRetention(Duration.ofDays(2))
          .withMaxVersions(3)
          .withReadDefaults(
              ReadDefaults.bounded(Duration.ofMillis(500))
                  .withCache(Duration.ofSeconds(1))
                  .withEventualMaxAge(Duration.ofSeconds(5)));

  @Test
  void aNamespaceIsDeclaredChangedDeletedAndTakenBack() {
    assertEquals(SETTINGS, client.admin().createNamespace(SETTINGS).settings());
    NamespaceDescription updated = client.admin().updateNamespace(SETTINGS.withMaxVersions(5), 1);
    assertEquals(2, updated.rulesVersion());
    assertEquals(5, client.admin().describeNamespace("sessions").settings().maxVersions());
    RefusedException changed =
        assertThrows(RefusedException.class, () -> client.admin().updateNamespace(SETTINGS, 1));
    assertEquals(ErrorCode.NAMESPACE_CHANGED, changed.code());

    NamespaceDescription deleted = client.admin().deleteNamespace("sessions");
    assertEquals(NamespaceState.DELETED, deleted.state());
    assertEquals(Instant.ofEpochSecond(9), deleted.undeleteUntil().orElseThrow());
    assertThrows(
        NamespaceNotFoundException.class, () -> client.admin().describeNamespace("sessions"));
    assertEquals(1, client.admin().listNamespaces().size());
    assertEquals(2, client.admin().listNamespaces(true).size());
    assertEquals(NamespaceState.ACTIVE, client.admin().undeleteNamespace("sessions").state());
    assertThrows(
        NamespaceNotFoundException.class, () -> client.admin().undeleteNamespace("sessions"));
  }

  @Test
  void aChangeThatWasCarriedOutAndNotAnsweredSucceeds() {
    cluster.breakCreations.set(1);
    client
        .admin()
        .createNamespace(NamespaceSettings.of("other").withConflictRule(ConflictRule.VERSION));
    client.admin().createNamespace(SETTINGS);
    cluster.breakCreations.set(1);
    assertEquals(2, client.admin().updateNamespace(SETTINGS.withMaxVersions(9), 1).rulesVersion());
    cluster.breakCreations.set(1);
    assertEquals(NamespaceState.DELETED, client.admin().deleteNamespace("sessions").state());
    cluster.breakCreations.set(1);
    assertEquals(NamespaceState.ACTIVE, client.admin().undeleteNamespace("sessions").state());
  }

  @Test
  void settingsPastALimitAreNamed() {
    NamespaceSettings wrong =
        NamespaceSettings.of("Wrong")
            .withDefaultTtl(Duration.ofMillis(5))
            .withTombstoneRetention(Duration.ofDays(1))
            .withMaxVersions(1_001)
            .withReadDefaults(ReadDefaults.of(ReadLevel.BOUNDED));
    InvalidRequestException e =
        assertThrows(InvalidRequestException.class, () -> client.admin().createNamespace(wrong));
    assertEquals(
        List.of(
            "spec.name",
            "spec.default_ttl_ms",
            "spec.tombstone_retention_ms",
            "spec.max_versions",
            "spec.read_defaults.max_staleness_ms"),
        e.problems().stream().map(FieldProblem::field).toList());
  }

  @Test
  void whatIsMissingOrMalformedIsTold() {
    assertThrows(
        NamespaceNotFoundException.class, () -> client.admin().describeNamespace("unknown"));
    assertThrows(InvalidRequestException.class, () -> client.admin().createNamespace("Not-A-Name"));
    assertThrows(InvalidRequestException.class, () -> client.namespace("Not-A-Name"));
  }

  @Test
  void aClusterThatIsNotInitialisedIsToldAtOnce() {
    RefusedException e =
        assertThrows(RefusedException.class, () -> client.admin().describeCluster());
    assertEquals(ErrorCode.CLUSTER_NOT_READY, e.code());
  }

  @Test
  void aReplicaTellsWhatItDoes() {
    List<ShardDescription> shards = client.admin().listShards();
    assertEquals(2, shards.size());
    assertEquals(ReplicaState.HALTED, shards.get(1).replicas().get(0).state());
    assertEquals("LOG_REFUSED: another log", shards.get(1).replicas().get(0).haltReason());
  }

  @Test
  void anEndpointIsHostAndPort() {
    for (String wrong : List.of("", "localhost", "localhost:", "localhost:99999", "http://a:1")) {
      assertThrows(IllegalArgumentException.class, () -> ByssusClient.connect(wrong), wrong);
    }
    assertThrows(IllegalArgumentException.class, () -> ByssusClient.connect());
    ByssusClient.connect("[::1]:7400", "dispatcher-1.example:7400").close();
  }
}
