package io.byssus.model;

import com.google.protobuf.ByteString;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.Key;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects what is wrong with the fields of one request, for one {@link ErrorCode#INVALID_REQUEST}
 * that names each of them and its limit. Holds the checks that more than one process makes. Not
 * thread-safe.
 */
public final class FieldChecks {
  /** More would not fit into a response's headers. */
  private static final int MAX_PROBLEMS = 8;

  private static final int WRITER_ID_BYTES = 16;

  private final List<FieldProblem> problems = new ArrayList<>();
  private int unnamed;

  /** A problem that the caller has found. */
  public void problem(String field, String problem) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(new FieldProblem(field, problem));
    } else {
      unnamed++;
    }
  }

  /** A number of things that has an upper limit; {@code unit} is their plural. */
  public void atMost(String field, long actual, long limit, String unit) {
    if (actual > limit) {
      problem(field, "is " + actual + " " + unit + "; the limit is " + limit);
    }
  }

  /** A record's name. */
  public void key(String field, Key key) {
    partitionKey(field + ".partition_key", key.getPartitionKey());
    sortKey(field, key.getPartitionKey(), key.getSortKey());
  }

  /** A partition key, but for its length, which counts with each sort key. */
  public void partitionKey(String field, ByteString partitionKey) {
    if (partitionKey.isEmpty()) {
      problem(field, "is empty; 1 byte or more is needed");
    }
  }

  /** A sort key, or the end of a range of them: counts together with the partition key. */
  public void sortKey(String field, ByteString partitionKey, ByteString sortKey) {
    int bytes = partitionKey.size() + sortKey.size();
    if (bytes > Limits.MAX_KEY_BYTES) {
      problem(
          field,
          "is "
              + bytes
              + " bytes, partition key and sort key together; the limit is "
              + Limits.MAX_KEY_BYTES);
    }
  }

  /**
   * How strong a read is: {@code consistency} and {@code max_staleness_ms} of the message at a
   * path.
   */
  public void readLevel(String path, Consistency level, long maxStalenessMillis) {
    String staleness = path + ".max_staleness_ms";
    if (level == Consistency.UNRECOGNIZED) {
      problem(
          path + ".consistency",
          "is not known here; EVENTUAL, SESSION, BOUNDED and LINEARIZABLE are");
    } else if (level != Consistency.BOUNDED) {
      if (maxStalenessMillis != 0) {
        problem(staleness, "is set; it goes with BOUNDED only");
      }
    } else if (maxStalenessMillis < 1 || maxStalenessMillis > Limits.MAX_STALENESS_MILLIS) {
      problem(
          staleness,
          "is "
              + Long.toUnsignedString(maxStalenessMillis)
              + "; 1 to "
              + Limits.MAX_STALENESS_MILLIS
              + " is allowed with BOUNDED");
    }
  }

  /** A range of versions, in the fields {@code from_version} and {@code to_version}. */
  public void versions(long from, long to) {
    if (to != 0 && Long.compareUnsigned(from, to) > 0) {
      problem(
          "from_version",
          "is "
              + Long.toUnsignedString(from)
              + ", above to_version, which is "
              + Long.toUnsignedString(to));
    }
  }

  /** The id of a writer. */
  public void writerId(String field, ByteString writerId) {
    if (writerId.size() != WRITER_ID_BYTES) {
      problem(
          field, "is " + writerId.size() + " bytes; exactly " + WRITER_ID_BYTES + " are needed");
    }
  }

  /**
   * The place of a write among its writer's.
   *
   * @param path what stands before {@code sequence} and {@code lowest_open} in the fields' names
   */
  public void sequence(String path, long sequence, long lowestOpen) {
    if (sequence < 1) {
      problem(
          path + "sequence",
          "is " + Long.toUnsignedString(sequence) + "; 1 to 2^63 - 1 is allowed");
    } else if (lowestOpen < 1 || lowestOpen > sequence) {
      problem(
          path + "lowest_open",
          "is "
              + Long.toUnsignedString(lowestOpen)
              + "; 1 to the sequence, which is "
              + sequence
              + ", is allowed");
    } else if (sequence - lowestOpen >= Limits.WRITER_WINDOW) {
      problem(
          path + "lowest_open",
          "is "
              + (sequence - lowestOpen)
              + " below the sequence; the limit is "
              + (Limits.WRITER_WINDOW - 1));
    }
  }

  /**
   * Ends the checks.
   *
   * @throws ByssusException INVALID_REQUEST where a problem was found
   */
  public void finish() {
    if (unnamed > 0) {
      problems.add(new FieldProblem("…", "and " + unnamed + " more"));
    }
    if (!problems.isEmpty()) {
      throw ByssusException.invalid(problems);
    }
  }
}
