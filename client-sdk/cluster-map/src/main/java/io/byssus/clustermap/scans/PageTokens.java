package io.byssus.clustermap.scans;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.byssus.model.Limits;
import io.byssus.model.Position;
import io.byssus.model.XxHash64;
import io.byssus.proto.internal.v1.PageToken;
import io.byssus.proto.kv.v1.Key;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The form of page tokens. A token holds the place after which the next page goes on, the position
 * (and with it the log's incarnation) that the next page must see, and a hash of what is read:
 * call, namespace id and selection. It names no replica, so any may answer the next page.
 *
 * <p>The hashes guard against damage and against a token used for another read; they are no secret,
 * and a token gives no access that its bearer would lack.
 */
public final class PageTokens {
  private static final int VERSION = 1;

  /** Beside the keys there are a few small fields. */
  private static final int MAX_BYTES = Limits.MAX_KEY_BYTES + 96;

  /** The kinds of reads that have pages; part of the hash. */
  private enum Kind {
    SCAN,
    REVERSE_SCAN,
    SHARD,
    VERSIONS,
    OLDEST_VERSIONS_FIRST
  }

  private PageTokens() {}

  /** The token that goes on after a record of a partition key. */
  public static ByteString afterSortKey(long hash, ByteString lastSortKey, long position) {
    return sealed(token(hash, position).setLastSortKey(lastSortKey));
  }

  /** The token that goes on after a record of a namespace. */
  public static ByteString afterKey(long hash, Key last, long position) {
    return sealed(
        token(hash, position)
            .setLastPartitionKey(last.getPartitionKey())
            .setLastSortKey(last.getSortKey()));
  }

  /** The token that goes on after a version of a record. */
  public static ByteString afterVersion(long hash, long lastVersion, long position) {
    return sealed(token(hash, position).setLastVersion(lastVersion));
  }

  /** What a token holds; empty where it is none, or damaged. */
  public static Optional<PageToken> decode(ByteString bytes) {
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
            && token.getCheck() == check(token);
    return whole ? Optional.of(token) : Optional.empty();
  }

  /** The hash of what a scan reads: its tokens are good for no other. */
  public static long scanHash(int namespaceId, ByteString partitionKey, ScanSelection selection) {
    Kind kind = selection.reverse() ? Kind.REVERSE_SCAN : Kind.SCAN;
    return hash(namespaceId, kind.ordinal(), partitionKey, selection.start(), selection.end());
  }

  /** The hash of what a scan of one shard's part of a namespace reads. */
  public static long shardHash(int namespaceId, int shard) {
    return hash(namespaceId, Kind.SHARD.ordinal() | (long) shard << Integer.SIZE);
  }

  /**
   * The hash of what a list of versions reads.
   *
   * @param to the highest version; 0: to the newest
   */
  public static long versionsHash(
      int namespaceId, Key key, long from, long to, boolean oldestFirst) {
    Kind kind = oldestFirst ? Kind.OLDEST_VERSIONS_FIRST : Kind.VERSIONS;
    ByteBuffer range = ByteBuffer.allocate(2 * Long.BYTES).putLong(from).putLong(to).flip();
    return hash(
        namespaceId,
        kind.ordinal(),
        key.getPartitionKey(),
        key.getSortKey(),
        ByteString.copyFrom(range));
  }

  private static PageToken.Builder token(long hash, long position) {
    return PageToken.newBuilder().setVersion(VERSION).setScanHash(hash).setPosition(position);
  }

  private static ByteString sealed(PageToken.Builder token) {
    return token.setCheck(check(token.buildPartial())).build().toByteString();
  }

  private static long check(PageToken token) {
    return hash(
        token.getScanHash() ^ Long.rotateLeft(token.getLastVersion(), 1),
        token.getPosition(),
        token.getLastSortKey(),
        token.getLastPartitionKey());
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
