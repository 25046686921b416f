package io.byssus.controlplane.node;

import com.alipay.sofa.jraft.core.DefaultJRaftServiceFactory;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import java.util.function.UnaryOperator;

/**
 * What one member's JRaft node is built from: the usual parts, with guards. Also the way by which
 * {@link VoteGatedRpcFactory}, which the whole JVM shares, finds the gate of the member that it
 * makes a client for.
 */
final class GuardedRaftServices extends DefaultJRaftServiceFactory {
  private final VoteGate gate;
  private final HaltSwitch halt;
  private final Runnable haltProcess;
  private final UnaryOperator<RaftMetaStorage> disk;

  /**
   * Guards the parts.
   *
   * @param disk stands between the guard and the real storage: nothing in a process, faults in
   *     tests
   */
  GuardedRaftServices(
      VoteGate gate, HaltSwitch halt, Runnable haltProcess, UnaryOperator<RaftMetaStorage> disk) {
    this.gate = gate;
    this.halt = halt;
    this.haltProcess = haltProcess;
    this.disk = disk;
  }

  VoteGate gate() {
    return gate;
  }

  @Override
  public RaftMetaStorage createRaftMetaStorage(String uri, RaftOptions options) {
    RaftMetaStorage storage = super.createRaftMetaStorage(uri, options);
    return new GuardedMetaStorage(disk.apply(storage), gate, halt, haltProcess);
  }
}
