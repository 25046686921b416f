package io.byssus.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.internal.v1.ClusterMap;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.log.v1.NamespaceRules;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NamespaceGateTest {
  private final ReadWaits waits = new ReadWaits(1);
  private volatile ClusterImage map = map(4, NamespaceState.ACTIVE);
  private final NamespaceGate gate = new NamespaceGate(() -> map, waits);

  @AfterEach
  void close() {
    waits.close();
  }

  private static ClusterImage map(int id, NamespaceState state) {
    return ClusterImage.of(
        ClusterMap.newBuilder()
            .setRevision(1)
            .addNamespaces(
                NamespaceEntry.newBuilder()
                    .setRules(NamespaceRules.newBuilder().setNamespaceId(id).setName("n"))
                    .setState(state))
            .build());
  }

  private static ErrorCode failure(CompletableFuture<Void> answer) {
    ExecutionException failed =
        assertThrows(ExecutionException.class, () -> answer.get(10, TimeUnit.SECONDS));
    return ((ByssusException) failed.getCause()).code();
  }

  @Test
  void aNamespaceInUsePassesAndOthersDoNot() {
    assertTrue(gate.pass(4).isDone());
    assertFalse(gate.pass(4).isCompletedExceptionally());
    assertEquals(ErrorCode.NAMESPACE_NOT_FOUND, failure(gate.pass(3)));
    for (NamespaceState state :
        List.of(NamespaceState.DELETED, NamespaceState.DROPPING, NamespaceState.DROPPED)) {
      map = map(4, state);
      assertEquals(ErrorCode.NAMESPACE_NOT_FOUND, failure(gate.pass(4)));
    }
  }

  @Test
  void aReadOfANamespaceNewerThanTheMapWaitsForTheMap() throws Exception {
    CompletableFuture<Void> read = gate.pass(5);
    assertFalse(read.isDone());
    gate.mapChanged();
    assertFalse(read.isDone(), "the map does not tell of it yet");
    map = map(5, NamespaceState.ACTIVE);
    gate.mapChanged();
    read.get(10, TimeUnit.SECONDS);
  }

  @Test
  void aReadOfADeletedNamespaceWaitsForTheMapThatTakesItBack() throws Exception {
    map = map(4, NamespaceState.DELETED);
    CompletableFuture<Void> read = gate.pass(4);
    gate.mapChanged();
    assertFalse(read.isDone());
    map = map(4, NamespaceState.ACTIVE);
    gate.mapChanged();
    read.get(10, TimeUnit.SECONDS);
  }

  @Test
  void aNamespaceThatTheMapNeverTellsOfIsUnknownAfterASecond() {
    assertEquals(ErrorCode.NAMESPACE_NOT_FOUND, failure(gate.pass(5)));
  }

  @Test
  void noMoreThanTheBoundMayWait() {
    List<CompletableFuture<Void>> reads = new ArrayList<>();
    for (int i = 0; i <= NamespaceGate.MOST_WAITING; i++) {
      reads.add(gate.pass(5));
    }
    assertEquals(ErrorCode.OVERLOADED, failure(reads.get(NamespaceGate.MOST_WAITING)));
    assertEquals(ErrorCode.NAMESPACE_NOT_FOUND, failure(reads.get(0)));
  }
}
