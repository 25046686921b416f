package io.byssus.dispatcher.reads;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.byssus.clustermap.replicas.ReadLevel;
import io.byssus.model.Position;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.GetResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.LongSupplier;

/**
 * The answers that were given lately for the hottest records, where the namespace allows them to be
 * given again. Bounded in bytes; a record gets in once it has been asked for several times of late.
 *
 * <p>An answer counts as old as its replica said, and from the moment on at which the replica was
 * asked. Only what a replica promised by a barrier is good for BOUNDED; a SESSION read takes what
 * holds everything up to its position for sure; LINEARIZABLE takes nothing.
 */
final class HotRecords {
  /** The longest memory that a namespace can allow. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private static final int ENTRY_BYTES = 256;
  private static final int COUNTERS = 1 << 14;
  private static final int HOT_FROM = 4;
  private static final int READS_PER_AGEING = 8 * COUNTERS;

  private final Cache<RecordQuestion, Answer> answers;
  private final LongSupplier nanoTime;
  private final Clock clock;
  private final boolean forLinearizable;
  private final AtomicIntegerArray asked = new AtomicIntegerArray(COUNTERS);
  private final AtomicInteger reads = new AtomicInteger();

  /**
   * An answer.
   *
   * @param askedNanos when its replica was asked
   * @param promised whether it is not older than it says, for sure
   */
  private record Answer(GetResponse response, long askedNanos, boolean promised) {}

  /**
   * No answer yet.
   *
   * @param maxBytes how much keys and values may take
   * @param clock tells when a record has expired: its answer is not given any more
   * @param forLinearizable answers LINEARIZABLE reads too, in every namespace: wrong, for tests
   */
  HotRecords(long maxBytes, LongSupplier nanoTime, Clock clock, boolean forLinearizable) {
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.forLinearizable = forLinearizable;
    this.answers =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher(HotRecords::bytes)
            .expireAfterWrite(LONGEST)
            .ticker(nanoTime::getAsLong)
            .build();
  }

  private static int bytes(RecordQuestion question, Answer answer) {
    return ENTRY_BYTES
        + question.key().getSerializedSize()
        + answer.response.getRecord().getValue().size();
  }

  /**
   * An answer that is good enough.
   *
   * @param atLeast the position that it must hold; 0: any
   * @param incarnation the incarnation of the shard's log
   */
  Optional<GetResponse> find(
      RecordQuestion question, ReadLevel level, long atLeast, int incarnation) {
    if (!isKept(question, level)) {
      return Optional.empty();
    }
    count(question);
    Answer answer = answers.getIfPresent(question);
    if (answer == null
        || isExpired(answer.response)
        || Position.incarnation(answer.response.getContext().getPosition()) != incarnation) {
      return Optional.empty();
    }
    long heldMs = ReadAges.millisUp(nanoTime.getAsLong() - answer.askedNanos);
    GetResponse aged = ReadAges.older(answer.response, heldMs);
    return suits(level, atLeast, answer, aged, heldMs) ? Optional.of(aged) : Optional.empty();
  }

  private boolean suits(
      ReadLevel level, long atLeast, Answer answer, GetResponse aged, long heldMs) {
    if (forLinearizable) {
      return true;
    }
    return heldMs <= level.cacheMs()
        && (level.consistency() != Consistency.BOUNDED || answer.promised)
        && ReadAges.suits(aged.getContext(), level, atLeast);
  }

  /** Takes note of an answer, to a question that was put at {@code askedNanos}. */
  void keep(RecordQuestion question, ReadLevel level, long askedNanos, GetResponse response) {
    if (!isKept(question, level)
        || asked.get(counter(question)) < HOT_FROM
        || isExpired(response)) {
      return;
    }
    answers.put(
        question, new Answer(response, askedNanos, level.consistency() == Consistency.BOUNDED));
  }

  /** How many answers are held, about. */
  long size() {
    return answers.estimatedSize();
  }

  private boolean isKept(RecordQuestion question, ReadLevel level) {
    boolean allowed =
        level.cacheMs() > 0 && level.consistency() != Consistency.LINEARIZABLE || forLinearizable;
    return allowed && question.atVersion() == 0;
  }

  private boolean isExpired(GetResponse response) {
    long expiresMs = response.getRecord().getExpiresMs();
    return expiresMs != 0 && clock.millis() >= expiresMs;
  }

  private void count(RecordQuestion question) {
    asked.incrementAndGet(counter(question));
    // What was hot long ago is forgotten by halves.
    if (reads.incrementAndGet() % READS_PER_AGEING == 0) {
      for (int i = 0; i < COUNTERS; i++) {
        asked.updateAndGet(i, count -> count / 2);
      }
    }
  }

  /** Records share counters; a cold one that shares a hot one's costs a little memory. */
  private static int counter(RecordQuestion question) {
    int hash = question.hashCode();
    return (hash ^ hash >>> 16) & (COUNTERS - 1);
  }
}
