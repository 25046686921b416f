package io.byssus.controlplane.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.byssus.proto.internal.v1.MapChange;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ChangeHistoryTest {
  private final ChangeHistory history = new ChangeHistory(3, 10);

  private static MapChange change(String node) {
    return MapChange.newBuilder().setNodeRemoved(node).build();
  }

  @Test
  void theChangesAfterARevisionAreGivenInOrder() {
    history.add(11, List.of(change("a")));
    history.add(13, List.of(change("b"), change("c")));
    assertEquals(Optional.of(List.of(change("a"), change("b"), change("c"))), history.after(10));
    assertEquals(Optional.of(List.of(change("b"), change("c"))), history.after(11));
    assertEquals(Optional.of(List.of()), history.after(13));
  }

  @Test
  void whatIsTooOldOrOfTheFutureOrBetweenStepsIsNotKnown() {
    history.add(12, List.of(change("a"), change("b")));
    assertEquals(Optional.empty(), history.after(9));
    assertEquals(Optional.empty(), history.after(11));
    assertEquals(Optional.empty(), history.after(13));
    history.add(14, List.of(change("c"), change("d")));
    assertEquals(Optional.empty(), history.after(10), "forgotten: the bound is 3 changes");
    assertEquals(Optional.of(List.of(change("c"), change("d"))), history.after(12));
  }

  @Test
  void theNewestStepIsKeptHoweverLargeItIs() {
    List<MapChange> many = List.of(change("a"), change("b"), change("c"), change("d"));
    history.add(14, many);
    assertEquals(Optional.of(many), history.after(10));
  }

  @Test
  void aRestartForgetsEverything() {
    history.add(11, List.of(change("a")));
    history.restart(20);
    assertEquals(Optional.empty(), history.after(10));
    assertEquals(Optional.of(List.of()), history.after(20));
  }
}
