package io.byssus.storage;

import io.byssus.model.Position;
import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import io.byssus.wal.DecodedRecord;
import io.byssus.wal.HaltReason;
import io.byssus.wal.LogEntry;
import io.byssus.wal.LogRecordCodec;
import io.byssus.wal.ReplayHaltedException;

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

  private final ShardStore store;
  private final ShardIdentity identity;
  private final TestHooks hooks;
  private final WriterTable writers = new WriterTable();
  private final RulesTable rules = new RulesTable();
  private final DeadLetters deadLetters;
  private final ShardBatch batch = new ShardBatch();
  private int incarnation;
  private long nextOffset;
  private int leaderEpoch;
  private long clockMillis;
  private long writes;
  private long duplicates;
  private long belowFloor;
  private long expired;
  private long undecodable;
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
    writers.load(store);
    rules.load(store);
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
    batch.writeTo(store);
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
      rules.install(record.getNamespaceRules(), batch);
    }
    if (record.hasWrite()) {
      applyWrite(record, entry.offset());
    } else {
      other++;
    }
  }

  private void checkRulesKnown(LogRecord record, long offset) {
    boolean brought =
        record.hasNamespaceRules()
            && record.getNamespaceRules().getNamespaceId() == record.getNamespaceId();
    if (!brought && !rules.knows(record.getNamespaceId(), record.getRulesVersion())) {
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
    switch (writers.admit(record.getStamp(), clockMillis)) {
      case DUPLICATE -> duplicates++;
      case BELOW_FLOOR -> belowFloor++;
      case APPLY -> {
        takeEffect(record, offset);
        return;
      }
    }
    if (hooks.ignoreWindows()) {
      takeEffect(record, offset);
    }
  }

  private void takeEffect(LogRecord record, long offset) {
    writes++;
    if (hooks.skips(offset)) {
      return;
    }
    Write write = record.getWrite();
    long version = Position.pack(incarnation, offset);
    for (Operation operation : write.getOperationsList()) {
      byte[] key =
          ShardKeys.record(
              record.getNamespaceId(), write.getPartitionKey(), operation.getSortKey());
      if (operation.hasPut()) {
        batch.put(key, StoredRecord.encode(version, operation.getPut()));
      } else {
        batch.delete(key);
      }
    }
    if (write.getKeepOutcome()) {
      writers.keepOutcome(record.getStamp(), version, batch);
    }
  }

  ApplyCounts counts() {
    return new ApplyCounts(writes, duplicates, belowFloor, expired, undecodable, other);
  }

  @Override
  public void close() {
    batch.close();
  }
}
