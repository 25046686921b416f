package io.byssus.clustermap.scans;

import com.google.protobuf.ByteString;
import io.byssus.proto.kv.v1.ScanRequest;

/**
 * The sort keys that a scan wants, and in which order.
 *
 * @param start the lowest, included; empty: from the beginning
 * @param end the end, excluded; empty: to the end
 * @param reverse whether the records come from the end down to the start
 */
public record ScanSelection(ByteString start, ByteString end, boolean reverse) {

  /** What a request selects. */
  public static ScanSelection of(ScanRequest request) {
    boolean reverse = request.getReverse();
    return switch (request.getSelectionCase()) {
      case PREFIX ->
          new ScanSelection(request.getPrefix(), endOfPrefix(request.getPrefix()), reverse);
      case RANGE ->
          new ScanSelection(request.getRange().getStart(), request.getRange().getEnd(), reverse);
      case SELECTION_NOT_SET -> new ScanSelection(ByteString.EMPTY, ByteString.EMPTY, reverse);
    };
  }

  /**
   * The first key after all that start with a prefix: the prefix with its last byte raised, bytes
   * of 0xFF dropped before. A prefix of nothing but 0xFF has no end.
   */
  static ByteString endOfPrefix(ByteString prefix) {
    int length = prefix.size();
    while (length > 0 && prefix.byteAt(length - 1) == (byte) 0xFF) {
      length--;
    }
    if (length == 0) {
      return ByteString.EMPTY;
    }
    byte[] end = prefix.substring(0, length).toByteArray();
    end[length - 1]++;
    return ByteString.copyFrom(end);
  }
}
