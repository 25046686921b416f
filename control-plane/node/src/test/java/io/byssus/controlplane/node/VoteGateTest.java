package io.byssus.controlplane.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.alipay.sofa.jraft.entity.PeerId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class VoteGateTest {
  private static final PeerId SELF = new PeerId("127.0.0.1", 1);
  private static final PeerId OTHER = new PeerId("127.0.0.1", 2);

  private final VoteGate gate = new VoteGate(SELF);
  private final List<String> happened = new ArrayList<>();

  private void send(long term) {
    gate.send(term, () -> happened.add("sent " + term), () -> happened.add("dropped " + term));
  }

  @Test
  void aRequestWaitsUntilTheOwnVoteOfItsTermIsStored() {
    gate.stored(3, PeerId.emptyPeer());
    send(4);
    send(4);
    assertEquals(List.of(), happened);
    gate.stored(4, SELF);
    assertEquals(List.of("sent 4", "sent 4"), happened);
    send(4);
    assertEquals(3, happened.size(), "the vote is stored already");
    assertEquals(0, gate.waiting());
  }

  @Test
  void aRequestWhoseTermWasPassedByIsDropped() {
    send(4);
    gate.stored(5, OTHER);
    assertEquals(List.of("dropped 4"), happened);
    send(4);
    assertEquals(List.of("dropped 4", "dropped 4"), happened);
  }

  @Test
  void aRequestIsDroppedWhereTheVoteOfItsTermWentToAnother() {
    send(4);
    gate.stored(4, OTHER);
    assertEquals(List.of("dropped 4"), happened);
  }

  @Test
  void theVoteForAnotherTermOpensNothing() {
    send(4);
    gate.stored(3, SELF);
    gate.stored(4, PeerId.emptyPeer());
    assertEquals(List.of(), happened);
    assertEquals(1, gate.waiting());
  }
}
