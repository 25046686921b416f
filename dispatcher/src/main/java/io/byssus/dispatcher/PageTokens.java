package io.byssus.dispatcher;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.byssus.model.Limits;
import io.byssus.model.Position;
import io.byssus.model.XxHash64;
import io.byssus.proto.internal.v1.PageToken;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The form of a scan's page tokens. The hashes guard against damage and against a token used for
 * another scan; they are no secret, and a token gives no access that its bearer would lack.
 */
final class PageTokens {
  private static final int VERSION = 1;

  /** Beside the sort key there are four small fields. */
  private static final int MAX_BYTES = Limits.MAX_KEY_BYTES + 64;

  private PageTokens() {}

  /** The token that goes on after a record. */
  static ByteString encode(long scanHash, ByteString lastSortKey, long position) {
    return PageToken.newBuilder()
        .setVersion(VERSION)
        .setScanHash(scanHash)
        .setLastSortKey(lastSortKey)
        .setPosition(position)
        .setCheck(check(scanHash, lastSortKey, position))
        .build()
        .toByteString();
  }

  /** What a token holds; empty where it is none, or damaged. */
  static Optional<PageToken> decode(ByteString bytes) {
    if (bytes.size() > MAX_BYTES) {
      return Optional.empty();
    }
    PageToken token;
    try {
      token = PageToken.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
    boolean whole =
        token.getVersion() == VERSION
            && Position.incarnation(token.getPosition()) > 0
            && token.getCheck()
                == check(token.getScanHash(), token.getLastSortKey(), token.getPosition());
    return whole ? Optional.of(token) : Optional.empty();
  }

  /** The hash of what a scan reads: its tokens are good for no other. */
  static long scanHash(int namespaceId, ByteString partitionKey, ScanSelection selection) {
    return hash(namespaceId, 0, partitionKey, selection.start(), selection.end());
  }

  private static long check(long scanHash, ByteString lastSortKey, long position) {
    return hash(scanHash, position, lastSortKey);
  }

  private static long hash(long first, long second, ByteString... parts) {
    int length = 2 * Long.BYTES;
    for (ByteString part : parts) {
      length += Integer.BYTES + part.size();
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).putLong(first).putLong(second);
    for (ByteString part : parts) {
      bytes.putInt(part.size());
      part.copyTo(bytes);
    }
    return XxHash64.hash(bytes.array(), VERSION);
  }
}
