package io.byssus.storage;

import com.google.protobuf.ByteString;
import java.util.Optional;

/**
 * Which sort keys of a partition key to walk over, and in which direction.
 *
 * @param start the first sort key; empty: from the beginning
 * @param afterStart whether {@code start} itself is left out
 * @param end the end of the sort keys, excluded; absent: to the last. An empty end leaves nothing
 * @param reverse whether the records come in the reverse order, from the end down to the start
 */
public record SortKeyRange(
    ByteString start, boolean afterStart, Optional<ByteString> end, boolean reverse) {
  /** Every sort key. */
  public static final SortKeyRange ALL =
      new SortKeyRange(ByteString.EMPTY, false, Optional.empty(), false);

  /** The beginning of a walk over the range. */
  ScanPlace place(int namespaceId, ByteString partitionKey) {
    byte[] first = ShardKeys.record(namespaceId, partitionKey, start);
    byte[] to =
        end.map(sortKey -> ShardKeys.record(namespaceId, partitionKey, sortKey))
            .orElseGet(
                () ->
                    ShardKeys.endOf(ShardKeys.record(namespaceId, partitionKey, ByteString.EMPTY)));
    return new ScanPlace(afterStart ? ShardKeys.after(first) : first, to, reverse);
  }
}
