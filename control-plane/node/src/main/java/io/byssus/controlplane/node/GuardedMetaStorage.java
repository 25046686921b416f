package io.byssus.controlplane.node;

import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.EnumOutter.ErrorType;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.option.RaftMetaStorageOptions;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import java.util.function.BooleanSupplier;

/**
 * Stores term and vote, or halts the member. JRaft ignores the storage's answer in three places; a
 * member whose vote is in memory alone would give a second one after a restart.
 *
 * <p>Where the halt action returns, as it does in tests, the node is put into its error state, in
 * which it neither asks for votes nor gives any, and the caller gets an exception.
 */
final class GuardedMetaStorage implements RaftMetaStorage {
  private final RaftMetaStorage storage;
  private final VoteGate gate;
  private final HaltSwitch halt;
  private final Runnable haltProcess;
  private NodeImpl node;

  /**
   * Guards a storage.
   *
   * @param gate is told what is on disk
   * @param haltProcess ends the process at once; the last resort that nothing can get around
   */
  GuardedMetaStorage(
      RaftMetaStorage storage, VoteGate gate, HaltSwitch halt, Runnable haltProcess) {
    this.storage = storage;
    this.gate = gate;
    this.halt = halt;
    this.haltProcess = haltProcess;
  }

  @Override
  public boolean init(RaftMetaStorageOptions options) {
    node = options.getNode();
    if (!storage.init(options)) {
      return false;
    }
    gate.stored(storage.getTerm(), storage.getVotedFor());
    return true;
  }

  @Override
  public boolean setTerm(long term) {
    return stored(() -> storage.setTerm(term), "term " + term);
  }

  @Override
  public boolean setVotedFor(PeerId vote) {
    return stored(() -> storage.setVotedFor(vote), "the vote for " + vote);
  }

  @Override
  public boolean setTermAndVotedFor(long term, PeerId vote) {
    return stored(
        () -> storage.setTermAndVotedFor(term, vote), "term " + term + " and vote '" + vote + "'");
  }

  private boolean stored(BooleanSupplier store, String what) {
    Throwable cause = null;
    try {
      if (store.getAsBoolean()) {
        gate.stored(storage.getTerm(), storage.getVotedFor());
        return true;
      }
    } catch (RuntimeException | Error e) {
      cause = e;
    }
    String message = what + " could not be stored";
    halt.halt(HaltReason.VOTE_NOT_STORED, message, cause);
    haltProcess.run();
    node.onError(new RaftException(ErrorType.ERROR_TYPE_META, RaftError.EIO, "%s", message));
    throw new IllegalStateException(message, cause);
  }

  @Override
  public long getTerm() {
    return storage.getTerm();
  }

  @Override
  public PeerId getVotedFor() {
    return storage.getVotedFor();
  }

  @Override
  public void shutdown() {
    storage.shutdown();
  }
}
