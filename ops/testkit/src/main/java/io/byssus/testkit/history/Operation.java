package io.byssus.testkit.history;

/**
 * One operation on one key: what was asked when, and what was told when. Ended once, by one of its
 * methods; one that is never ended counts as one of unknown outcome. Thread-safe.
 *
 * <p>Versions are unsigned numbers that rise with the writes of a key; 0 is none known.
 *
 * @param <K> what names a record
 */
public final class Operation<K> {
  private final History<K> history;
  private final K key;
  private final int client;
  private final Intent intent;
  private final long invoked;
  private Outcome outcome = Outcome.UNKNOWN;
  private long returned = Long.MAX_VALUE;
  private boolean present;
  private long found;
  private long version;

  /** What the client was told. */
  enum Outcome {
    /** Nothing certain: it may have taken effect, or may yet. */
    UNKNOWN,
    /** A write took effect, or a read was answered. */
    DONE,
    /** The condition did not hold; tells what was there instead. */
    CONDITION_FAILED,
    /** It had no effect, and never will. */
    REFUSED
  }

  Operation(History<K> history, K key, int client, Intent intent, long invoked) {
    this.history = history;
    this.key = key;
    this.client = client;
    this.intent = intent;
    this.invoked = invoked;
  }

  /** A write took effect, under a version or, with 0, one that was not told. */
  public void took(long givenVersion) {
    require(!intent.reads());
    end(Outcome.DONE, true, intent.value(), givenVersion);
  }

  /** A read found a value under a version. */
  public void found(long value, long foundVersion) {
    require(intent.reads() && value > 0);
    end(Outcome.DONE, true, value, foundVersion);
  }

  /** A read found nothing. */
  public void foundNothing() {
    require(intent.reads());
    end(Outcome.DONE, false, 0, 0);
  }

  /** A write's condition did not hold, because of what was there under a version. */
  public void conditionFailed(boolean wasPresent, long presentVersion) {
    require(intent.expected().isPresent());
    end(Outcome.CONDITION_FAILED, wasPresent, 0, presentVersion);
  }

  /** It had no effect, and never will. */
  public void refused() {
    end(Outcome.REFUSED, false, 0, 0);
  }

  /** It may have taken effect, or may yet; a read was not answered. */
  public void unknown() {
    end(Outcome.UNKNOWN, false, 0, 0);
  }

  private static void require(boolean fits) {
    if (!fits) {
      throw new IllegalArgumentException("an end that the operation cannot have");
    }
  }

  private synchronized void end(Outcome ended, boolean isPresent, long value, long ofVersion) {
    if (returned != Long.MAX_VALUE) {
      throw new IllegalStateException(this + " has ended before");
    }
    returned = history.now();
    outcome = ended;
    present = isPresent;
    found = value;
    version = ofVersion;
  }

  /** The key. */
  public K key() {
    return key;
  }

  int client() {
    return client;
  }

  Intent intent() {
    return intent;
  }

  /** When it was asked for, nanoseconds. */
  long invoked() {
    return invoked;
  }

  /** When it was answered, nanoseconds; {@link Long#MAX_VALUE} where it never was. */
  synchronized long returned() {
    return returned;
  }

  synchronized Outcome outcome() {
    return outcome;
  }

  boolean done() {
    return outcome() == Outcome.DONE;
  }

  /** Whether a value was found, or was in the way of a condition. */
  synchronized boolean present() {
    return present;
  }

  /** What a read found; 0: nothing. */
  synchronized long found() {
    return found;
  }

  /** The version that was found, given, or in the way. */
  synchronized long version() {
    return version;
  }

  @Override
  public synchronized String toString() {
    return String.format(
        "[%.6f..%s] client %d: %s of %s -> %s%s%s",
        invoked / 1e9,
        returned == Long.MAX_VALUE ? "" : String.format("%.6f", returned / 1e9),
        client,
        intent,
        key,
        outcome,
        intent.reads() && outcome == Outcome.DONE ? (present ? " " + found : " nothing") : "",
        version == 0 ? "" : " (version " + Long.toHexString(version) + ")");
  }
}
