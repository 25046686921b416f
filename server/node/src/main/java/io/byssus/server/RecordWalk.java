package io.byssus.server;

import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.storage.Shard;
import io.byssus.storage.ShardScan;

/**
 * What a stream of records walks over, and the piece that it gathers. Not shared among threads.
 *
 * @param <T> a piece of the stream
 */
interface RecordWalk<T> {
  /** Begins to read. */
  ShardScan begin(Shard shard);

  /** Takes the record at which a scan stands into the next piece; tells its bytes, about. */
  int take(ShardScan scan);

  /** The records taken since the last piece. */
  T piece(boolean end, ReadContext context);

  /** How many records the caller wants at the most; 0: no bound. */
  long limit();
}
