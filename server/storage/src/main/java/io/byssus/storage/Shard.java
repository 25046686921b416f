package io.byssus.storage;

import com.google.protobuf.ByteString;
import io.byssus.model.Position;
import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.wal.HaltReason;
import io.byssus.wal.LogEntry;
import io.byssus.wal.ReplayHaltedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

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
  private final ShardReads reads;
  private final UseCount uses = new UseCount();
  // Held by whoever changes the shard: a batch is applied, or a little of what has ended is
  // removed.
  private final ReentrantLock changing = new ReentrantLock(true);
  // An apply broke off: the batch holds part of what it stood for, and must never be written.
  private boolean spoiled;
  private volatile ShardHeader applied;
  private volatile Set<Integer> namespaces;
  private volatile long ceiling;

  private Shard(NodeStorage node, ShardStore store, ShardIdentity identity) {
    this.node = node;
    this.store = store;
    byte[] header = store.get(ShardKeys.HEADER);
    this.applied = header == null ? ShardHeader.EMPTY : ShardHeader.decode(header);
    this.ceiling = applied.position();
    this.deadLetters = new DeadLetters(store);
    this.applier = new ShardApplier(store, identity, applied, deadLetters, node.hooks());
    this.namespaces = applier.namespaces();
    this.reads = new ShardReads(store, uses, this::clockMillis);
    node.opened(this, store);
  }

  /**
   * Opens a shard, creating it where the directory holds none.
   *
   * @throws ReplayHaltedException LOG_NOT_OURS where the data came from another log; STORAGE_FAILED
   */
  public static Shard open(Path directory, ShardIdentity identity, NodeStorage node) {
    ShardStore store = new ShardStore(directory, node);
    try {
      byte[] stored = store.get(ShardKeys.IDENTITY);
      if (stored != null) {
        ShardIdentity found = ShardIdentity.decode(stored);
        if (!found.equals(identity)) {
          throw new ReplayHaltedException(
              HaltReason.LOG_NOT_OURS,
              "the data in " + directory + " came from " + found + "; the log is of " + identity);
        }
      } else {
        try (ShardBatch batch = new ShardBatch(store)) {
          batch.put(ShardKeys.IDENTITY, identity.encode());
          batch.write();
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
    uses.require();
    changing.lock();
    boolean whole = false;
    long beginNanos = System.nanoTime();
    try {
      if (spoiled) {
        throw new ReplayHaltedException(
            HaltReason.STORAGE_FAILED, "the shard is to be opened anew before it can go on");
      }
      Optional<ReplayHaltedException> halt = applyUpToFault(entries);
      ShardHeader next = applier.header();
      ceiling = next.position();
      applier.commit();
      namespaces = applier.namespaces();
      applied = next;
      if (node.removing()) {
        applier.removeEndedInStep(System.nanoTime() - beginNanos);
      }
      whole = true;
      if (halt.isPresent()) {
        throw halt.get();
      }
    } finally {
      spoiled |= !whole;
      changing.unlock();
      uses.end();
    }
  }

  private Optional<ReplayHaltedException> applyUpToFault(List<LogEntry> entries) {
    for (LogEntry entry : entries) {
      try {
        applier.apply(entry);
      } catch (ReplayHaltedException e) {
        if (e.reason() == HaltReason.STORAGE_FAILED) {
          // A read failed in the middle of an entry: what is in the batch is of no use.
          throw e;
        }
        return Optional.of(e);
      }
    }
    return Optional.empty();
  }

  /**
   * Takes some of what has ended by the shard clock off the disk: for the shard that has nothing to
   * apply. Gives way where something is applied, which removes by itself.
   *
   * @return whether there is more, and nobody to give way to
   */
  boolean removeEnded() {
    if (!applier.expiry().hasBacklog() || !uses.begin()) {
      return false;
    }
    try {
      if (!changing.tryLock()) {
        return false;
      }
      try {
        return !spoiled && applier.removeEnded() && !changing.hasQueuedThreads();
      } finally {
        changing.unlock();
      }
    } finally {
      uses.end();
    }
  }

  /** The ids of the namespaces that the shard has heard of and not dropped. */
  public Set<Integer> namespaces() {
    return namespaces;
  }

  /**
   * The next moment after the shard clock at which a record or a tombstone ends, milliseconds since
   * 1970 UTC. May name a moment at which nothing ends any more, because it was replaced; once the
   * shard clock has passed it, it names another. The tombstone that an expired record turns into
   * counts from the removal on.
   */
  public OptionalLong nextDueMillis() {
    return applier.expiry().nextDueMillis();
  }

  /** Reads one record. */
  public Optional<StoredRecord> get(int namespaceId, ByteString partitionKey, ByteString sortKey) {
    return reads.get(namespaceId, partitionKey, sortKey);
  }

  /** Reads one record without ever waiting for the disk. */
  public MemoryRead getFromMemory(int namespaceId, ByteString partitionKey, ByteString sortKey) {
    return reads.getFromMemory(namespaceId, partitionKey, sortKey);
  }

  /**
   * Reads one record as it was under the newest version that is not above a version: absent where
   * that version is a deletion, has expired or is not kept any more.
   */
  public Optional<StoredRecord> get(
      int namespaceId, ByteString partitionKey, ByteString sortKey, long atVersion) {
    return reads.get(namespaceId, partitionKey, sortKey, atVersion);
  }

  /**
   * Lists the versions of a record that can still be read, deletions included. Where the conflict
   * rule is VERSION, a deletion that is remembered is listed also where one version is kept.
   */
  public VersionList listVersions(
      int namespaceId, ByteString partitionKey, ByteString sortKey, VersionRange range) {
    return reads.listVersions(namespaceId, partitionKey, sortKey, range);
  }

  /** Walks over records of one partition key. Not a snapshot of what is applied while it walks. */
  public ShardScan scan(int namespaceId, ByteString partitionKey, SortKeyRange range) {
    return reads.scan(range.place(namespaceId, partitionKey));
  }

  /**
   * Walks over all records of a namespace, ordered by partition key and sort key.
   *
   * @param after goes on behind this record, which need not be there; absent: from the first
   */
  public ShardScan scanNamespace(int namespaceId, Optional<RecordKey> after) {
    return reads.scan(ScanPlace.inNamespace(namespaceId, after));
  }

  /** Goes on where an earlier scan stood, with what is there now. */
  public ShardScan scan(ScanPlace place) {
    return reads.scan(place);
  }

  /** About how much of a namespace the shard holds. */
  public SizeEstimate namespaceSize(int namespaceId) {
    return reads.namespaceSize(namespaceId);
  }

  /** Everything that the shard holds now. */
  public ShardDump dump() {
    return reads.dump();
  }

  /**
   * What became of the write under a stamp, as far as the shard remembers: see {@link
   * WriteOutcome}. A write to a namespace that was dropped before it is OUTCOME_NOT_APPLIED.
   */
  public WriteOutcome outcome(WriterStamp stamp) {
    return reads.outcome(stamp);
  }

  /** How many undecodable records wait to be copied to the dead-letter topic. */
  public int deadLetters() {
    return deadLetters.size();
  }

  /** The oldest undecodable records that wait to be copied: a hundred or 8 MiB at the most. */
  public List<DeadLetter> oldestDeadLetters() {
    return reads.read(deadLetters::oldest);
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
    return reads.read(store::keysEstimate);
  }

  /** The bytes of the shard's files. */
  public long diskBytes() {
    return reads.read(store::diskBytes);
  }

  /** Makes everything applied so far durable. */
  void flush() {
    uses.require();
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
    node.closing(this, store);
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
