package io.byssus.testkit;

/**
 * One write of one record, from its issue on. Made and ended by a {@link WriteJournal}.
 *
 * <p>Versions are unsigned numbers that only ever rise with the writes of a record; 0 is none. All
 * that is known of a write's version, from acknowledgements and from reads, is brought together
 * here: a write that has been seen under two versions was applied twice.
 *
 * @param <K> what names a record
 */
public final class JournaledWrite<K> {
  private final long id;
  private final K record;
  private final int number;
  private final boolean removes;
  private final long batch;
  private Fate fate = Fate.OPEN;
  private long versionAtMost = -1L;
  private long version;
  private long otherVersion;

  JournaledWrite(long id, K record, int number, boolean removes, long batch) {
    this.id = id;
    this.record = record;
    this.number = number;
    this.removes = removes;
    this.batch = batch;
  }

  /** Its number in the whole journal, from 1: what its value must carry. */
  public long id() {
    return id;
  }

  /** The record. */
  public K record() {
    return record;
  }

  /** Its number among the writes of its record, from 1, in the order of issue. */
  public int number() {
    return number;
  }

  /** Whether it removes the record. */
  public boolean removes() {
    return removes;
  }

  /** The same number for all writes that must take effect together. */
  public long batch() {
    return batch;
  }

  /** What became of it. */
  public synchronized Fate fate() {
    return fate;
  }

  /** The version under which it was seen or acknowledged; 0 where neither happened. */
  public synchronized long version() {
    return version;
  }

  /** Notes a version under which the write was seen. */
  synchronized void seenAs(long seen) {
    if (version == 0) {
      version = seen;
    } else if (version != seen) {
      otherVersion = seen;
    }
  }

  synchronized void end(Fate ended, long atMost) {
    if (fate != Fate.OPEN) {
      throw new IllegalStateException(this + " has ended before");
    }
    fate = ended;
    versionAtMost = atMost;
  }

  /** Whether it was seen under two versions. */
  synchronized boolean hasTwoVersions() {
    return otherVersion != 0;
  }

  /** Whether it was seen under a later version than the copy that was acknowledged. */
  synchronized boolean laterThanAcknowledged() {
    return Long.compareUnsigned(version, versionAtMost) > 0;
  }

  @Override
  public synchronized String toString() {
    return (removes ? "remove " : "put ")
        + number
        + " of "
        + record
        + " ("
        + fate
        + (version == 0 ? "" : ", version " + Long.toHexString(version))
        + (otherVersion == 0 ? "" : " and " + Long.toHexString(otherVersion))
        + ")";
  }
}
