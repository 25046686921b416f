package io.byssus.systemtests.faults;

import com.google.protobuf.ByteString;
import io.byssus.proto.kv.v1.WriterStamp;
import java.time.Duration;
import java.util.TreeSet;

/**
 * The stamps of one writer to one shard, made by the rules of the protocol and not by the SDK.
 * Thread-safe.
 */
final class StampSequence {
  private static final Duration ACCEPT_FOR = Duration.ofMinutes(5);

  private final ByteString writerId;
  private final TreeSet<Long> open = new TreeSet<>();
  private long last;
  private long acceptUntilMillis;

  StampSequence(ByteString writerId) {
    this.writerId = writerId;
  }

  /**
   * The stamp of a new write; null where it would not lie above a sequence that was given up.
   *
   * @param givenUp a sequence that may still land, and must then apply as nothing; 0 for none
   */
  synchronized WriterStamp open(long givenUp, long nowMillis) {
    if (!open.isEmpty() && open.first() <= givenUp) {
      return null;
    }
    long sequence = ++last;
    open.add(sequence);
    acceptUntilMillis = Math.max(acceptUntilMillis, nowMillis + ACCEPT_FOR.toMillis());
    return WriterStamp.newBuilder()
        .setWriterId(writerId)
        .setSequence(sequence)
        .setLowestOpen(open.first())
        .setAcceptUntilMs(acceptUntilMillis)
        .build();
  }

  synchronized void close(long sequence) {
    open.remove(sequence);
  }
}
