package io.byssus.dispatcher.calls;

import com.google.protobuf.ByteString;
import io.byssus.proto.kv.v1.StreamedWrite;
import io.byssus.proto.log.v1.WriterStamp;
import java.nio.ByteBuffer;

/** The two forms of a writer stamp: the caller's, with the writer as bytes, and the log's. */
public final class Stamps {
  private Stamps() {}

  /** The log's form of the stamp that a caller brings. */
  public static WriterStamp toLog(io.byssus.proto.kv.v1.WriterStamp stamp) {
    ByteBuffer writer = stamp.getWriterId().asReadOnlyByteBuffer();
    return WriterStamp.newBuilder()
        .setWriterHigh(writer.getLong())
        .setWriterLow(writer.getLong())
        .setSequence(stamp.getSequence())
        .setLowestOpen(stamp.getLowestOpen())
        .setAcceptUntilMs(stamp.getAcceptUntilMs())
        .build();
  }

  /** The stamp of a write of a stream that was opened with a writer. */
  public static WriterStamp toLog(ByteString writerId, StreamedWrite write) {
    ByteBuffer writer = writerId.asReadOnlyByteBuffer();
    return WriterStamp.newBuilder()
        .setWriterHigh(writer.getLong())
        .setWriterLow(writer.getLong())
        .setSequence(write.getSequence())
        .setLowestOpen(write.getLowestOpen())
        .setAcceptUntilMs(write.getAcceptUntilMs())
        .build();
  }

  /** The callers' form of a stamp of the log. */
  public static io.byssus.proto.kv.v1.WriterStamp toCaller(WriterStamp stamp) {
    ByteBuffer writer =
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(stamp.getWriterHigh())
            .putLong(stamp.getWriterLow());
    return io.byssus.proto.kv.v1.WriterStamp.newBuilder()
        .setWriterId(ByteString.copyFrom(writer.flip()))
        .setSequence(stamp.getSequence())
        .setLowestOpen(stamp.getLowestOpen())
        .setAcceptUntilMs(stamp.getAcceptUntilMs())
        .build();
  }
}
