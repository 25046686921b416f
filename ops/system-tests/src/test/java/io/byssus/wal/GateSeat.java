package io.byssus.wal;

/** Lets the simulation stand at the door through which records go into the log. */
public final class GateSeat {
  private final ShardGate gate;

  /** A door that is shut. */
  public GateSeat(int shard, long maxBytesInFlight) {
    this.gate = new ShardGate(shard, maxBytesInFlight);
  }

  /** A record on its way. */
  public record Passage(Object handOver) {}

  /** See {@link ShardGate#enter}. */
  public Passage enter(int bytes, long nowNanos) {
    return new Passage(gate.enter(bytes, nowNanos));
  }

  /** See {@link ShardGate#failed}. */
  public void failed(Passage passage) {
    gate.failed((ShardGate.HandOver) passage.handOver());
  }

  /** See {@link ShardGate#acknowledged}. */
  public boolean acknowledged(Passage passage, long offset) {
    return gate.acknowledged((ShardGate.HandOver) passage.handOver(), offset);
  }

  /** See {@link ShardGate#known}. */
  public long known() {
    return gate.known();
  }

  /** See {@link ShardGate#seenOurs}. */
  public void seenOurs(long endOffset, long knownBefore, long nowNanos) {
    gate.seenOurs(endOffset, knownBefore, nowNanos);
  }

  /** See {@link ShardGate#needsProbe}. */
  public boolean needsProbe(long nowNanos) {
    return gate.needsProbe(nowNanos);
  }
}
