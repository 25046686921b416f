package io.byssus.cluster;

import io.byssus.proto.internal.v1.DumpReplicaResponse;
import io.byssus.proto.internal.v1.DumpedRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/**
 * Compares two replicas of one shard by their dumps: record by record, then by the digest of all
 * their state.
 */
public final class ReplicaComparison {
  private long records;

  /** How many records were found equal. */
  public long records() {
    return records;
  }

  /**
   * Reads both dumps, to the first difference or to their ends.
   *
   * @return the first difference, in words; empty where they are equal
   * @throws ClusterFailure where a dump ends before its last piece
   */
  public Optional<String> difference(
      Iterator<DumpReplicaResponse> one, Iterator<DumpReplicaResponse> other) {
    Dump left = new Dump(one);
    Dump right = new Dump(other);
    DumpedRecord a = left.next();
    DumpedRecord b = right.next();
    while (a != null || b != null) {
      if (a == null || !a.equals(b)) {
        return Optional.of("one holds " + shown(a) + ", the other " + shown(b));
      }
      records++;
      a = left.next();
      b = right.next();
    }
    if (left.position != right.position) {
      return Optional.of("they stand at positions " + left.position + " and " + right.position);
    }
    if (left.digest != right.digest) {
      return Optional.of("their records are equal, but the digests of all their state differ");
    }
    return Optional.empty();
  }

  private static String shown(DumpedRecord record) {
    return record == null
        ? "nothing more"
        : record.getKey().getPartitionKey().toStringUtf8()
            + "/"
            + record.getKey().getSortKey().toStringUtf8().replace('\0', '|')
            + " ("
            + record.getValue().size()
            + " bytes, version "
            + Long.toUnsignedString(record.getVersion())
            + ")";
  }

  /** The records of a dump, one by one. */
  private static final class Dump {
    private final Iterator<DumpReplicaResponse> pieces;
    private final Deque<DumpedRecord> waiting = new ArrayDeque<>();
    private boolean ended;
    private long position;
    private long digest;

    Dump(Iterator<DumpReplicaResponse> pieces) {
      this.pieces = pieces;
    }

    /** The next record; null at the end. */
    DumpedRecord next() {
      while (waiting.isEmpty() && pieces.hasNext()) {
        DumpReplicaResponse piece = pieces.next();
        position = piece.getPosition();
        waiting.addAll(piece.getRecordsList());
        if (piece.getEnd()) {
          ended = true;
          digest = piece.getDigest();
        }
      }
      if (waiting.isEmpty() && !ended) {
        throw new ClusterFailure("a dump broke off before its last piece");
      }
      return waiting.poll();
    }
  }
}
