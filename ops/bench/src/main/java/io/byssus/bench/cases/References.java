package io.byssus.bench.cases;

import io.byssus.bench.engine.Reference;

/** What the ceilings reached before: {@link Reference#MEASURED}. */
final class References {
  static final Reference UNARY_ECHO =
      Reference.between(71_000, 78_000, "100 bytes, 64 in flight, handlers on the event loop")
          .asYardstick();

  static final Reference STREAMING_ECHO =
      Reference.between(460_000, 490_000, "messages of a bidirectional stream, two processes");

  static final Reference PRODUCER =
      Reference.of(
              1_460_000,
              "100-byte values, idempotent, acks=all, lz4; without compression it was 645,000")
          .slowerHereAs(
              "measured otherwise: here values do not compress, linger is 0, and one request is in"
                  + " flight to 16 partitions, as the dispatcher's");

  static final Reference REPLAY =
      Reference.of(464_000, "100-byte values, with the offset, one thread")
          .slowerHereAs(
              "measured otherwise: here a poll goes into 16 databases, as many as there are"
                  + " shards, with a batch and an offset for each");

  /** 2.9 µs. */
  static final Reference GET = Reference.of(345_000, "one of a million keys, from cache");

  /** 3.1 µs a key. */
  static final Reference MULTI_GET = Reference.of(322_000, "100-byte values, from cache");

  /** 0.4 µs. */
  static final Reference ITERATE = Reference.of(2_500_000, "over all records");

  static final Reference REDIS_GET = Reference.of(186_000, "Redis 7, no pipelining");

  static final Reference REDIS_SET = Reference.of(176_000, "Redis 7, no pipelining");

  static final Reference REDIS_MGET = Reference.of(745_000, "Redis 7, no pipelining, 100 keys");

  private References() {}
}
