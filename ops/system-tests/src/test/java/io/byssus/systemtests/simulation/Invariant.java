package io.byssus.systemtests.simulation;

/** What must hold in every run, whatever goes wrong in it. */
enum Invariant {
  /**
   * A write that was acknowledged took effect, at or before the position of its acknowledgement.
   */
  ACKNOWLEDGED_WRITES_SURVIVE,
  /** A write takes effect at most once, however often and through whomever it was sent. */
  WRITES_HAPPEN_AT_MOST_ONCE,
  /** The writes of one client to one record take effect in the order in which it issued them. */
  WRITER_ORDER_HOLDS_PER_RECORD,
  /** A writer is told of its conditions and increments what became of them. */
  OUTCOMES_ARE_TRUE,
  /** A replica shows of a record what the log says at the position that it names. */
  READS_SHOW_THE_LOG,
  /** A read at LINEARIZABLE sees what was acknowledged, or read so, before it began. */
  LINEARIZABLE_READS_SEE_ALL_BEFORE,
  /** A read at SESSION sees what its client has written or seen. */
  SESSION_READS_SEE_THEIR_SESSION,
  /** A read at BOUNDED sees what was acknowledged longer ago than its bound. */
  BOUNDED_READS_ARE_FRESH,
  /** Replicas that have applied the same are equal, and hold what the log says. */
  REPLICAS_ARE_EQUAL,
  /** No replica gives up on a good log. */
  NO_REPLICA_HALTS,
  /** The members of the control plane come to the same state. */
  MEMBERS_AGREE,
  /** The revision of a process' map never goes back. */
  MAP_REVISIONS_NEVER_GO_BACK,
  /** The id of a namespace is never given again. */
  NAMESPACE_IDS_ARE_NEVER_REUSED,
  /** What was dropped is not served, once a replica has come to its end in the log. */
  DROPPED_NAMESPACES_SHOW_NOTHING,
  /** A record that has expired by the shard's clock is not shown. */
  EXPIRED_RECORDS_ARE_NOT_SEEN,
  /** Once all is well again, everything comes to rest: replicas at the end, no write unanswered. */
  ALL_COMES_TO_REST;

  /** Fails the run where a condition does not hold. */
  void hold(boolean condition, String detail, Object... arguments) {
    if (!condition) {
      throw broken(detail, arguments);
    }
  }

  InvariantBroken broken(String detail, Object... arguments) {
    return new InvariantBroken(this, String.format(java.util.Locale.ROOT, detail, arguments));
  }
}
