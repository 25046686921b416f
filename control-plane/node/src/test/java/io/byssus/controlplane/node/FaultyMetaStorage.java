package io.byssus.controlplane.node;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.option.RaftMetaStorageOptions;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import java.util.function.Predicate;

/** A disk that refuses some votes: answers false, as JRaft's storage does when it cannot write. */
final class FaultyMetaStorage implements RaftMetaStorage {
  private final RaftMetaStorage storage;
  private final Predicate<PeerId> refused;

  FaultyMetaStorage(RaftMetaStorage storage, Predicate<PeerId> refused) {
    this.storage = storage;
    this.refused = refused;
  }

  @Override
  public boolean setTerm(long term) {
    return storage.setTerm(term);
  }

  @Override
  public boolean setVotedFor(PeerId vote) {
    return !refused.test(vote) && storage.setVotedFor(vote);
  }

  @Override
  public boolean setTermAndVotedFor(long term, PeerId vote) {
    return !refused.test(vote) && storage.setTermAndVotedFor(term, vote);
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
  public boolean init(RaftMetaStorageOptions options) {
    return storage.init(options);
  }

  @Override
  public void shutdown() {
    storage.shutdown();
  }
}
