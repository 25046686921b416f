package io.byssus.dispatcher.reads;

import io.byssus.clustermap.replicas.ReadLevel;
import io.byssus.model.Position;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.ReadContext;
import java.util.concurrent.TimeUnit;

/** Whether an answer that was given to one read is good enough for another. */
final class ReadAges {
  private ReadAges() {}

  /** Milliseconds, rounded up: an answer is never called younger than it is. */
  static long millisUp(long nanos) {
    return (nanos + TimeUnit.MILLISECONDS.toNanos(1) - 1) / TimeUnit.MILLISECONDS.toNanos(1);
  }

  /** An answer as a read gets it that came so much later than the one that asked for it. */
  static GetResponse older(GetResponse answer, long ms) {
    if (ms <= 0) {
      return answer;
    }
    ReadContext context = answer.getContext();
    return answer.toBuilder()
        .setContext(context.toBuilder().setAgeMs(context.getAgeMs() + ms))
        .build();
  }

  /**
   * Whether an answer of this age and position keeps what a level promises. Says nothing of whether
   * BOUNDED's age is a promise or a guess, nor of LINEARIZABLE, which shares nothing.
   */
  static boolean suits(ReadContext answer, ReadLevel level, long atLeast) {
    return switch (level.consistency()) {
      case EVENTUAL -> level.objection(answer).isEmpty();
      case BOUNDED -> answer.getAgeMs() <= level.maxStalenessMs();
      case SESSION -> covers(answer.getSeenPosition(), atLeast);
      default -> false;
    };
  }

  /** Whether an answer holds all up to a position; one of another incarnation is no answer here. */
  private static boolean covers(long seen, long atLeast) {
    return atLeast == Position.NONE
        || (Position.incarnation(seen) == Position.incarnation(atLeast)
            && Long.compareUnsigned(seen, atLeast) >= 0);
  }
}
