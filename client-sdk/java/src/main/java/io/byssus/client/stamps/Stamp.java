package io.byssus.client.stamps;

import com.google.protobuf.ByteString;
import io.byssus.proto.kv.v1.WriterStamp;

/**
 * The place of a write among the writes of one writer to one shard; the same in every retry. See
 * {@link ShardWriter}.
 *
 * @param writerId 16 random bytes
 * @param sequence 1, 2, 3, …
 * @param lowestOpen 1 to {@code sequence}, and less than {@link
 *     io.byssus.model.Limits#WRITER_WINDOW} below it
 * @param acceptUntilMillis milliseconds since 1970 UTC, on the dispatchers' clock
 */
public record Stamp(ByteString writerId, long sequence, long lowestOpen, long acceptUntilMillis) {
  public WriterStamp toProto() {
    return WriterStamp.newBuilder()
        .setWriterId(writerId)
        .setSequence(sequence)
        .setLowestOpen(lowestOpen)
        .setAcceptUntilMs(acceptUntilMillis)
        .build();
  }
}
