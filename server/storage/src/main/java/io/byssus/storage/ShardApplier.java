package io.byssus.storage;

import io.byssus.model.Position;
import io.byssus.proto.internal.v1.OutcomeKind;
import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.wal.DecodedRecord;
import io.byssus.wal.HaltReason;
import io.byssus.wal.LogEntry;
import io.byssus.wal.LogRecordCodec;
import io.byssus.wal.ReplayHaltedException;
import java.util.Set;

/**
 * The only code that changes a shard: turns log entries into the changes they stand for.
 *
 * <p>What an entry does depends on the entry and on the entries before it, and on nothing else: no
 * clock, no configuration, no chance. So two replicas that have applied the same entries hold the
 * same state, and a replica that crashed reaches the state it had by applying the entries behind
 * its last flush once more.
 *
 * <p>Entries are applied one by one into a batch; {@link #commit} writes the batch together with
 * the header. If applying throws, the batch so far is good and the entry that threw has left
 * nothing in it.
 */
final class ShardApplier implements AutoCloseable {
  private static final long WRITER_CLOCK_LEAD_MILLIS = 60_000;

  /** Of what has ended, so many are removed in one batch, and for so long. */
  private static final int REMOVED_AT_ONCE = 500;

  private static final long REMOVAL_NANOS = 3_000_000;

  /** For so long at least something is removed where something was applied. */
  private static final long LEAST_REMOVAL_NANOS = 200_000;

  private final ShardStore store;
  private final ShardIdentity identity;
  private final TestHooks hooks;
  private final WriterTable writers = new WriterTable();
  private final NamespaceTable namespaces = new NamespaceTable();
  private final DeadLetters deadLetters;
  private final ShardBatch batch;
  private final ExpiryIndex expiry;
  private final RecordTable records;
  private final WriteApplier writeApplier;
  private int incarnation;
  private long nextOffset;
  private int leaderEpoch;
  private long clockMillis;
  private long writes;
  private long duplicates;
  private long belowFloor;
  private long expired;
  private long undecodable;
  private long failed;
  private long dropped;
  private long removed;
  private long other;

  ShardApplier(
      ShardStore store,
      ShardIdentity identity,
      ShardHeader header,
      DeadLetters deadLetters,
      TestHooks hooks) {
    this.store = store;
    this.identity = identity;
    this.hooks = hooks;
    this.deadLetters = deadLetters;
    this.incarnation = header.incarnation();
    this.nextOffset = header.nextOffset();
    this.leaderEpoch = header.leaderEpoch();
    this.clockMillis = header.clockMillis();
    this.batch = new ShardBatch(store);
    this.expiry = new ExpiryIndex(store);
    this.records = new RecordTable(batch, expiry);
    this.writeApplier = new WriteApplier(namespaces, records, batch);
    writers.load(store);
    namespaces.load(store);
    expiry.load(namespaces.ids(), clockMillis);
  }

  /** The header behind the last entry applied, committed or not. */
  ShardHeader header() {
    return new ShardHeader(incarnation, nextOffset, leaderEpoch, clockMillis);
  }

  /** Writes everything applied since the last commit, in one piece. */
  void commit() {
    writers.writeTo(batch, clockMillis);
    deadLetters.trim(batch);
    batch.put(ShardKeys.HEADER, header().encode());
    batch.write();
    expiry.committed(clockMillis);
  }

  /**
   * Takes some of what has ended by the shard clock off the disk; between commits. Changes nothing
   * that anybody can see: to every decision, read and digest it has been gone since the clock
   * passed.
   *
   * @return whether there is more
   */
  boolean removeEnded() {
    return removeEnded(REMOVAL_NANOS);
  }

  /**
   * The same behind a commit, for as long as applying took: so removal keeps step with the writes
   * that bring what has to be removed later, and applying takes twice as long at the most.
   */
  void removeEndedInStep(long appliedNanos) {
    long until = System.nanoTime() + Math.max(LEAST_REMOVAL_NANOS, appliedNanos);
    long left = until - System.nanoTime();
    while (expiry.hasBacklog() && left > 0) {
      removeEnded(left);
      left = until - System.nanoTime();
    }
  }

  private boolean removeEnded(long nanos) {
    int taken =
        expiry.takeDue(
            clockMillis,
            REMOVED_AT_ONCE,
            System.nanoTime() + nanos,
            batch,
            (key, dueMillis) -> {
              RecordState stored = records.read(key);
              if (stored.dueMillis() == dueMillis) {
                records.writeDue(key, stored, stored.at(clockMillis));
              }
            });
    if (taken > 0) {
      batch.write();
      store.removed(taken);
      removed += taken;
    }
    return expiry.hasBacklog();
  }

  /** When what of the shard ends. */
  ExpiryIndex expiry() {
    return expiry;
  }

  /** The namespaces that the shard knows and has not dropped. */
  Set<Integer> namespaces() {
    return namespaces.ids();
  }

  /**
   * Applies the next entry.
   *
   * @throws ReplayHaltedException where the shard must not go on
   */
  void apply(LogEntry entry) {
    checkFollows(entry);
    DecodedRecord decoded = LogRecordCodec.decode(entry.bytes());
    if (decoded instanceof DecodedRecord.Newer newer) {
      throw new ReplayHaltedException(
          HaltReason.NEWER_FORMAT, "offset " + entry.offset() + ": " + newer.why());
    }
    if (nextOffset == 0) {
      checkStartsOurLog(decoded);
    }
    if (decoded instanceof DecodedRecord.Readable readable) {
      applyRecord(readable.record(), entry);
    } else if (decoded instanceof DecodedRecord.Undecodable bad) {
      undecodable++;
      deadLetters.keep(entry, bad.why(), batch);
    }
    nextOffset = entry.offset() + 1;
    leaderEpoch = Math.max(leaderEpoch, entry.leaderEpoch());
  }

  private void checkFollows(LogEntry entry) {
    if (entry.offset() != nextOffset) {
      throw new ReplayHaltedException(
          HaltReason.LOG_GAP,
          "the log went from offset " + (nextOffset - 1) + " to " + entry.offset());
    }
    if (entry.leaderEpoch() >= 0 && entry.leaderEpoch() < leaderEpoch) {
      throw new ReplayHaltedException(
          HaltReason.EPOCH_CONTRADICTED,
          "offset "
              + entry.offset()
              + " has leader epoch "
              + entry.leaderEpoch()
              + " after "
              + leaderEpoch);
    }
  }

  private void checkStartsOurLog(DecodedRecord first) {
    if (first instanceof DecodedRecord.Readable readable
        && readable.record().hasIncarnationStart()) {
      return;
    }
    throw new ReplayHaltedException(
        HaltReason.LOG_NOT_OURS, "the log does not begin with an incarnation start");
  }

  private void applyRecord(LogRecord record, LogEntry entry) {
    if (record.hasWrite()) {
      checkRulesKnown(record, entry.offset());
    }
    if (record.hasIncarnationStart()) {
      startIncarnation(record.getIncarnationStart());
    }
    clockMillis =
        Math.max(
            clockMillis,
            Math.min(
                entry.appendTimeMillis(), record.getWriterTimeMs() + WRITER_CLOCK_LEAD_MILLIS));
    if (record.hasNamespaceRules()) {
      namespaces.install(record.getNamespaceRules(), batch);
    }
    switch (record.getBodyCase()) {
      case WRITE -> applyWrite(record, entry.offset());
      case NAMESPACE_DROP -> drop(record.getNamespaceId());
      case NAMESPACE_CONFIG, INCARNATION_START, BARRIER, TICK -> other++;
      case BODY_NOT_SET -> throw new IllegalStateException("a record without a body");
    }
  }

  private void drop(int namespaceId) {
    other++;
    records.drop(namespaceId);
    namespaces.drop(namespaceId, batch);
  }

  private void checkRulesKnown(LogRecord record, long offset) {
    boolean brought =
        record.hasNamespaceRules()
            && record.getNamespaceRules().getNamespaceId() == record.getNamespaceId();
    if (!brought
        && !namespaces.isDropped(record.getNamespaceId())
        && !namespaces.knows(record.getNamespaceId(), record.getRulesVersion())) {
      throw new ReplayHaltedException(
          HaltReason.RULES_MISSING,
          "offset "
              + offset
              + " is a write under version "
              + record.getRulesVersion()
              + " of the rules of namespace "
              + record.getNamespaceId()
              + ", which the log has not brought");
    }
  }

  private void startIncarnation(IncarnationStart start) {
    if (!start.getClusterId().equals(identity.clusterId())) {
      throw new ReplayHaltedException(
          HaltReason.LOG_NOT_OURS,
          "the log belongs to cluster " + start.getClusterId() + ", not " + identity.clusterId());
    }
    incarnation = Math.max(incarnation, start.getIncarnation());
  }

  private void applyWrite(LogRecord record, long offset) {
    if (clockMillis > record.getStamp().getAcceptUntilMs()) {
      expired++;
      return;
    }
    if (namespaces.isDropped(record.getNamespaceId())) {
      dropped++;
      writers.refuse(record.getStamp(), clockMillis);
      return;
    }
    switch (writers.admit(record.getStamp(), clockMillis)) {
      case DUPLICATE -> duplicates++;
      case BELOW_FLOOR -> belowFloor++;
      case APPLY -> {
        decide(record, offset);
        return;
      }
    }
    if (hooks.ignoreWindows()) {
      decide(record, offset);
    }
  }

  /**
   * The outcome of a write that failed is kept whether it was asked for or not: the writer's window
   * alone would say that it took effect.
   */
  private void decide(LogRecord record, long offset) {
    writes++;
    if (hooks.skips(offset)) {
      return;
    }
    WriteOutcome outcome =
        writeApplier.apply(
            record.getNamespaceId(),
            record.getWrite(),
            Position.pack(incarnation, offset),
            clockMillis);
    boolean refused = outcome.getKind() == OutcomeKind.OUTCOME_FAILED;
    if (refused) {
      writes--;
      failed++;
    }
    if (refused || record.getWrite().getKeepOutcome()) {
      writers.keepOutcome(record.getStamp(), outcome, batch);
    }
  }

  ApplyCounts counts() {
    return new ApplyCounts(
        writes, failed, duplicates, belowFloor, expired, dropped, undecodable, other, removed);
  }

  @Override
  public void close() {
    batch.close();
  }
}
