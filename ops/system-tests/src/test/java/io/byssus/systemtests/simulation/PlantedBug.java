package io.byssus.systemtests.simulation;

import java.util.Set;

/** Faults that can be planted, to show that the simulation finds such, and by what. */
enum PlantedBug {
  /** Shards apply writes without looking at their writer's window. */
  WRITER_WINDOWS_OFF(
      Invariant.REPLICAS_ARE_EQUAL, Invariant.READS_SHOW_THE_LOG, Invariant.OUTCOMES_ARE_TRUE),
  /** Shards leave out a write now and then, all the same. */
  RECORDS_SKIPPED(
      Invariant.REPLICAS_ARE_EQUAL, Invariant.READS_SHOW_THE_LOG, Invariant.OUTCOMES_ARE_TRUE),
  /** Dispatchers acknowledge what they have only handed over. */
  EARLY_ACKNOWLEDGEMENT(Invariant.ACKNOWLEDGED_WRITES_SURVIVE),
  /** A shard's position is durable at once, its data later. */
  POSITION_STORED_APART(
      Invariant.REPLICAS_ARE_EQUAL,
      Invariant.READS_SHOW_THE_LOG,
      Invariant.OUTCOMES_ARE_TRUE,
      Invariant.NO_REPLICA_HALTS),
  /** Replicas take their own clock for the log's. */
  WALL_CLOCK_FOR_SHARD_CLOCK(Invariant.REPLICAS_ARE_EQUAL, Invariant.READS_SHOW_THE_LOG),
  /** Clients send a write that got no answer under another stamp. */
  NEW_STAMP_FOR_RETRY(Invariant.WRITES_HAPPEN_AT_MOST_ONCE),
  /** Clients write a record again while a given-up write of it may still land. */
  GIVEN_UP_WRITES_FORGOTTEN(Invariant.WRITER_ORDER_HOLDS_PER_RECORD),
  /** Clients keep of a session what they have read, and not what they have written. */
  WRITES_NOT_IN_SESSION(Invariant.SESSION_READS_SEE_THEIR_SESSION),
  /** Reads at LINEARIZABLE are answered without a barrier. */
  BARRIERS_SKIPPED(Invariant.LINEARIZABLE_READS_SEE_ALL_BEFORE, Invariant.BOUNDED_READS_ARE_FRESH),
  /** Reads at LINEARIZABLE take a barrier that was handed over before they came. */
  BARRIER_JOINED_LATE(Invariant.LINEARIZABLE_READS_SEE_ALL_BEFORE),
  /** Dispatchers answer reads of every level from memory. */
  READS_ANSWERED_FROM_MEMORY(
      Invariant.LINEARIZABLE_READS_SEE_ALL_BEFORE,
      Invariant.SESSION_READS_SEE_THEIR_SESSION,
      Invariant.BOUNDED_READS_ARE_FRESH),
  /** Processes take whatever map a member of the control plane sends. */
  OLDER_MAPS_TAKEN(Invariant.MAP_REVISIONS_NEVER_GO_BACK);

  private final Set<Invariant> breaks;

  PlantedBug(Invariant... breaks) {
    this.breaks = Set.of(breaks);
  }

  /** What it breaks. */
  Set<Invariant> breaks() {
    return breaks;
  }
}
