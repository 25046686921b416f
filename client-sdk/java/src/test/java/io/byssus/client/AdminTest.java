package io.byssus.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.byssus.client.admin.ConflictRule;
import io.byssus.client.admin.NamespaceDescription;
import io.byssus.client.admin.ReplicaState;
import io.byssus.client.admin.ShardDescription;
import io.byssus.model.ErrorCode;
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
    assertEquals(created, client.admin().describeNamespace("signals"));
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
