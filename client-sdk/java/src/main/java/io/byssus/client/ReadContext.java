package io.byssus.client;

/**
 * What a replica's answer is worth.
 *
 * @param shard the shard that was read
 * @param position the position that the replica had applied, packed; see {@link
 *     io.byssus.model.Position}
 * @param ageMillis for how long the replica had not known itself to be at the log's end
 */
record ReadContext(int shard, long position, long ageMillis) {
  static ReadContext of(io.byssus.proto.kv.v1.ReadContext context) {
    return new ReadContext(context.getShard(), context.getPosition(), context.getAgeMs());
  }
}
