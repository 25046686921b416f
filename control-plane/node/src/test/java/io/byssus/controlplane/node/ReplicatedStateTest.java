package io.byssus.controlplane.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.alipay.sofa.jraft.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReplicatedStateTest {
  @Test
  void nobodyActsAsLeaderBeforeThePartsAreToldNorAfter() {
    ReplicatedState state = new ReplicatedState(new HaltSwitch(), 10);
    List<String> told = new ArrayList<>();
    state.onLeadership(term -> told.add(term + " while " + state.leaderTerm()));
    state.onLeaderStart(5);
    assertEquals(5, state.leaderTerm());
    state.onLeaderStop(Status.OK());
    assertEquals(0, state.leaderTerm());
    assertEquals(List.of("5 while 0", "0 while 0"), told);
  }
}
