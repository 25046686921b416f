package io.byssus.wal;

import com.google.protobuf.ByteString;
import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Write;
import java.util.Random;

/** Records for tests. */
final class Records {
  private Records() {}

  static LogRecord small(int number) {
    return LogRecord.newBuilder()
        .setFormatVersion(1)
        .setIncarnationStart(
            IncarnationStart.newBuilder().setClusterId("c").setIncarnation(1 + number))
        .build();
  }

  /** A record of about so many bytes, which do not compress. */
  static LogRecord large(int bytes) {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    return LogRecord.newBuilder()
        .setFormatVersion(1)
        .setNamespaceRules(NamespaceRules.newBuilder().setNameBytes(ByteString.copyFromUtf8("n")))
        .setWrite(Write.newBuilder().setPartitionKey(ByteString.copyFrom(content)))
        .build();
  }
}
