package io.byssus.controlplane.node;

import com.alipay.sofa.jraft.entity.PeerId;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds back this member's requests for votes until its own vote for that term is stored.
 *
 * <p>JRaft sends the requests first and stores afterwards. A member that dies in between and comes
 * back may vote for another in a term in which it has asked, as a candidate, for votes itself: two
 * leaders of one term. So the RPC client leaves its requests here, and the meta storage says what
 * it has stored; a request goes out on the thread that stored the vote. A request whose term was
 * passed by is dropped, as if the network had lost it.
 */
final class VoteGate {
  private final PeerId self;
  private final List<Held> held = new ArrayList<>();
  private long storedTerm;
  private PeerId storedVote = PeerId.emptyPeer();

  private record Held(long term, Runnable send, Runnable drop) {}

  VoteGate(PeerId self) {
    this.self = self;
  }

  /** Sends now if this member's vote for the term is stored, else as soon as it is. */
  void send(long term, Runnable send, Runnable drop) {
    boolean open;
    synchronized (this) {
      open = storedTerm == term && storedVote.equals(self);
      if (!open && storedTerm <= term) {
        held.add(new Held(term, send, drop));
        return;
      }
    }
    (open ? send : drop).run();
  }

  /** Term and vote are on disk. */
  void stored(long term, PeerId vote) {
    List<Runnable> due = new ArrayList<>();
    synchronized (this) {
      storedTerm = term;
      storedVote = vote.copy();
      for (Held request : held) {
        if (request.term < term || request.term == term && !vote.isEmpty()) {
          boolean ours = request.term == term && vote.equals(self);
          due.add(ours ? request.send : request.drop);
        }
      }
      held.removeIf(request -> request.term < term || request.term == term && !vote.isEmpty());
    }
    due.forEach(Runnable::run);
  }

  /** The term on disk. */
  synchronized long storedTerm() {
    return storedTerm;
  }

  /** How many requests wait. */
  synchronized int waiting() {
    return held.size();
  }
}
