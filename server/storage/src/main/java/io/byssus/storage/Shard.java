package io.byssus.storage;

import com.google.protobuf.ByteString;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Position;
import io.byssus.proto.internal.v1.OutcomeKind;
import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.wal.HaltReason;
import io.byssus.wal.LogEntry;
import io.byssus.wal.ReplayHaltedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One shard on disk. One thread at a time applies; any number read meanwhile.
 *
 * <p>Two positions are published. {@link #appliedPosition} is what every read sees at least. {@link
 * #ceilingPosition} is what no read that has ended has seen more than: it moves before a batch is
 * written, the other one after. A session token takes the ceiling, read after the data: a token
 * below what its client has seen would let the client go back in time at another replica.
 */
public final class Shard implements AutoCloseable {
  private final NodeStorage node;
  private final ShardStore store;
  private final ShardApplier applier;
  private final DeadLetters deadLetters;
  private final UseCount uses = new UseCount();
  private volatile ShardHeader applied;
  private volatile long ceiling;

  private Shard(NodeStorage node, ShardStore store, ShardIdentity identity) {
    this.node = node;
    this.store = store;
    this.applied = store.get(ShardKeys.HEADER).map(ShardHeader::decode).orElse(ShardHeader.EMPTY);
    this.ceiling = applied.position();
    this.deadLetters = new DeadLetters(store);
    this.applier = new ShardApplier(store, identity, applied, deadLetters, node.hooks());
    node.opened(store);
  }

  /**
   * Opens a shard, creating it where the directory holds none.
   *
   * @throws ReplayHaltedException LOG_NOT_OURS where the data came from another log; STORAGE_FAILED
   */
  public static Shard open(Path directory, ShardIdentity identity, NodeStorage node) {
    ShardStore store = new ShardStore(directory, node);
    try {
      Optional<byte[]> stored = store.get(ShardKeys.IDENTITY);
      if (stored.isPresent()) {
        ShardIdentity found = ShardIdentity.decode(stored.get());
        if (!found.equals(identity)) {
          throw new ReplayHaltedException(
              HaltReason.LOG_NOT_OURS,
              "the data in " + directory + " came from " + found + "; the log is of " + identity);
        }
      } else {
        try (ShardBatch batch = new ShardBatch()) {
          batch.put(ShardKeys.IDENTITY, identity.encode());
          batch.writeTo(store);
          store.flush();
        }
      }
      return new Shard(node, store, identity);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /** The offset of the next log record to apply. */
  public long nextOffset() {
    return applied.nextOffset();
  }

  /** The leader epoch of the last log record applied; −1 where there is none. */
  public int leaderEpoch() {
    return applied.leaderEpoch();
  }

  /** The log's incarnation; 0 before the log's first record. */
  public int incarnation() {
    return applied.incarnation();
  }

  /** The shard clock, milliseconds since 1970 UTC. */
  public long clockMillis() {
    return applied.clockMillis();
  }

  /**
   * The position that every read from now on sees at least; {@link Position#NONE} where nothing is
   * applied.
   */
  public long appliedPosition() {
    return applied.position();
  }

  /** The position that no read that has ended has seen more than. */
  public long ceilingPosition() {
    return ceiling;
  }

  /**
   * Applies the next entries of the log and publishes the position behind them. One thread at a
   * time.
   *
   * @throws ReplayHaltedException where the shard must not go on; what came before the entry at
   *     fault is applied
   */
  public void apply(List<LogEntry> entries) {
    use();
    try {
      ReplayHaltedException halt = null;
      for (LogEntry entry : entries) {
        try {
          applier.apply(entry);
        } catch (ReplayHaltedException e) {
          halt = e;
          break;
        }
      }
      ShardHeader next = applier.header();
      ceiling = next.position();
      applier.commit();
      applied = next;
      if (halt != null) {
        throw halt;
      }
    } finally {
      uses.end();
    }
  }

  /** Reads one record. */
  public Optional<StoredRecord> get(int namespaceId, ByteString partitionKey, ByteString sortKey) {
    use();
    try {
      return store
          .get(ShardKeys.record(namespaceId, partitionKey, sortKey))
          .map(StoredRecord::decode);
    } finally {
      uses.end();
    }
  }

  /**
   * Walks over records of one partition key.
   *
   * @param start the first sort key
   * @param afterStart whether {@code start} itself is left out
   * @param end the end of the sort keys, excluded; empty: none
   */
  public ShardScan scan(
      int namespaceId,
      ByteString partitionKey,
      ByteString start,
      boolean afterStart,
      ByteString end) {
    byte[] whole = ShardKeys.record(namespaceId, partitionKey, ByteString.EMPTY);
    ByteString first = afterStart ? start.concat(ByteString.copyFrom(new byte[1])) : start;
    byte[] from = ShardKeys.record(namespaceId, partitionKey, first);
    byte[] to =
        end.isEmpty() ? ShardKeys.endOf(whole) : ShardKeys.record(namespaceId, partitionKey, end);
    use();
    try {
      return new ShardScan(store.cursor(from, to, null), uses);
    } catch (RuntimeException e) {
      uses.end();
      throw e;
    }
  }

  /** Everything that the shard holds now. */
  public ShardDump dump() {
    use();
    try {
      return new ShardDump(store, uses);
    } catch (RuntimeException e) {
      uses.end();
      throw e;
    }
  }

  /** What became of the write under a stamp, as far as the shard remembers. */
  public WriteOutcome outcome(WriterStamp stamp) {
    use();
    try {
      WriterId writer = WriterId.of(stamp);
      long clock = applied.clockMillis();
      if (clock > stamp.getAcceptUntilMs()) {
        // What is kept may be gone, and an empty window may be that of another life of the writer.
        return outcome(OutcomeKind.OUTCOME_KIND_UNSPECIFIED, 0);
      }
      Optional<StoredOutcome> outcome =
          store
              .get(ShardKeys.outcome(writer, stamp.getSequence()))
              .map(StoredOutcome::decode)
              .filter(kept -> kept.acceptUntilMillis() >= clock);
      if (outcome.isPresent()) {
        return outcome(OutcomeKind.OUTCOME_APPLIED, outcome.get().version());
      }
      Optional<WriterWindow> window =
          store
              .get(ShardKeys.writer(writer))
              .map(WriterWindow::decode)
              .filter(live -> !live.endedBy(clock));
      if (window.isEmpty()) {
        return outcome(OutcomeKind.OUTCOME_KIND_UNSPECIFIED, 0);
      }
      if (window.get().isApplied(stamp.getSequence())) {
        return outcome(OutcomeKind.OUTCOME_APPLIED, 0);
      }
      return outcome(
          stamp.getSequence() < window.get().floor()
              ? OutcomeKind.OUTCOME_KIND_UNSPECIFIED
              : OutcomeKind.OUTCOME_NOT_APPLIED,
          0);
    } finally {
      uses.end();
    }
  }

  private static WriteOutcome outcome(OutcomeKind kind, long version) {
    return WriteOutcome.newBuilder().setKind(kind).setVersion(version).build();
  }

  /** How many undecodable records wait to be copied to the dead-letter topic. */
  public int deadLetters() {
    return deadLetters.size();
  }

  /** The oldest undecodable records that wait to be copied: a hundred or 8 MiB at the most. */
  public List<DeadLetter> oldestDeadLetters() {
    use();
    try {
      return deadLetters.oldest();
    } finally {
      uses.end();
    }
  }

  /**
   * Forgets an undecodable record: it has been copied. Takes effect on disk with the next entries
   * applied.
   */
  public void deadLetterCopied(long offset) {
    deadLetters.copied(offset);
  }

  /** What was applied since the shard was opened. */
  public ApplyCounts counts() {
    return applier.counts();
  }

  /** About how many records the shard holds. */
  public long recordsEstimate() {
    use();
    try {
      return store.keysEstimate();
    } finally {
      uses.end();
    }
  }

  /** The bytes of the shard's files. */
  public long diskBytes() {
    use();
    try {
      return store.diskBytes();
    } finally {
      uses.end();
    }
  }

  private void use() {
    if (!uses.begin()) {
      throw new ByssusException(ErrorCode.SHARD_NOT_HERE, "the shard is being closed");
    }
  }

  /** Makes everything applied so far durable. */
  void flush() {
    use();
    try {
      store.flush();
    } finally {
      uses.end();
    }
  }

  /** Waits for reads and the apply under way, flushes, closes. */
  @Override
  public void close() {
    close(true);
  }

  /** Closes as a crash would: what is not flushed is gone. */
  void abandon() {
    close(false);
  }

  private void close(boolean flush) {
    if (!uses.close()) {
      return;
    }
    node.closing(store);
    try {
      if (flush) {
        store.flush();
      }
    } finally {
      applier.close();
      store.close();
    }
  }
}
