package io.byssus.client.direct;

import com.google.protobuf.ByteString;
import io.byssus.clustermap.scans.PageTokens;
import io.byssus.proto.internal.v1.PageToken;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.ReadContext;
import java.util.Optional;

/** How far a scan has come, as its page tokens say it. For one stream's answers, in their order. */
final class DirectPlace {
  private ByteString partitionKey;
  private ByteString sortKey;
  private long position;

  /**
   * @param position the position that the scan must see
   */
  DirectPlace(Optional<PageToken> token, long position) {
    this.partitionKey = token.map(PageToken::getLastPartitionKey).orElse(ByteString.EMPTY);
    this.sortKey = token.map(PageToken::getLastSortKey).orElse(ByteString.EMPTY);
    this.position = position;
  }

  /** A record was passed on. */
  void passed(ByteString lastPartitionKey, ByteString lastSortKey) {
    partitionKey = lastPartitionKey;
    sortKey = lastSortKey;
  }

  /** An answer was read at a position: what follows is not read before it. */
  void saw(ReadContext context) {
    position = later(position, context.getPosition());
  }

  Key key() {
    return Key.newBuilder().setPartitionKey(partitionKey).setSortKey(sortKey).build();
  }

  /** The token that goes on after the last record of a partition key that was passed on. */
  ByteString afterSortKey(long hash) {
    return PageTokens.afterSortKey(hash, sortKey, position);
  }

  /** The token that goes on after the last record of a namespace that was passed on. */
  ByteString afterKey(long hash) {
    return PageTokens.afterKey(hash, key(), position);
  }

  /** The later of two positions of one shard. */
  static long later(long a, long b) {
    return Long.compareUnsigned(a, b) >= 0 ? a : b;
  }
}
