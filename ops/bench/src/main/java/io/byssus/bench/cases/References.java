package io.byssus.bench.cases;

import io.byssus.bench.engine.Reference;

/** What the ceilings reached before: {@link Reference#MEASURED}. */
final class References {
  private static final String IN_PARTS =
      "set up otherwise: here index and filters are in parts and in the cache, as the server's; a"
          + " read took 5.5 to 6.2 µs so, and 3.6 to 3.9 with whole ones outside of it";

  private static final String JAVA_CLIENT =
      "measured otherwise: here it is Java that asks and takes the answers, as for the subject; and"
          + " redis-benchmark itself, 64 connections and 100 bytes, reached 71,000 to 84,000 on a"
          + " machine on which this ceiling was at 62,000 to 116,000";

  static final Reference UNARY_ECHO =
      Reference.between(71_000, 78_000, "100 bytes, 64 in flight, handlers on the event loop")
          .asYardstick();

  static final Reference STREAMING_ECHO =
      Reference.between(460_000, 490_000, "messages of a bidirectional stream, two processes")
          .slowerHereAs(
              "counted otherwise: here a message counts once its echo is back, so that two pass for"
                  + " each that counts");

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
  static final Reference GET =
      Reference.of(345_000, "one of a million keys, from cache").slowerHereAs(IN_PARTS);

  /** 3.1 µs a key. */
  static final Reference MULTI_GET =
      Reference.of(322_000, "100-byte values, from cache").slowerHereAs(IN_PARTS);

  /** 0.4 µs. */
  static final Reference ITERATE =
      Reference.of(2_500_000, "over all records")
          .fasterHereAs(
              "set up otherwise: here blocks are of 8 KiB, as the server's, where a record took"
                  + " 0.23 to 0.26 µs; with the usual 4 KiB it took 0.28 to 0.45");

  static final Reference REDIS_GET =
      Reference.of(186_000, "Redis 7, no pipelining").slowerHereAs(JAVA_CLIENT);

  static final Reference REDIS_SET =
      Reference.of(176_000, "Redis 7, no pipelining").slowerHereAs(JAVA_CLIENT);

  static final Reference REDIS_MGET = Reference.of(745_000, "Redis 7, no pipelining, 100 keys");

  private References() {}
}
