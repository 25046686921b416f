package io.byssus.wal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.byssus.model.Limits;
import io.byssus.model.Position;
import io.byssus.proto.log.v1.Condition;
import io.byssus.proto.log.v1.Lifetime;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.wal.DecodedRecord.Newer;
import io.byssus.wal.DecodedRecord.Readable;
import io.byssus.wal.DecodedRecord.Undecodable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells log records from other bytes. The verdict depends on the bytes alone, so that every replica
 * of every release that knows the record's format comes to the same one.
 */
public final class LogRecordCodec {
  private LogRecordCodec() {}

  /** What the bytes of an entry are. */
  public static DecodedRecord decode(byte[] bytes) {
    if (bytes == null || bytes.length == 0) {
      return new Undecodable("the record is empty");
    }
    LogRecord record;
    try {
      record = LogRecord.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      return new Undecodable("the record does not parse: " + e.getMessage());
    }
    int format = record.getFormatVersion();
    if (format == 0) {
      return new Undecodable("the record has no format version");
    }
    if (Integer.compareUnsigned(format, Limits.LOG_FORMAT_VERSION) > 0) {
      return new Newer(
          "the record has format "
              + Integer.toUnsignedString(format)
              + "; this release reads up to "
              + Limits.LOG_FORMAT_VERSION);
    }
    if (hasUnknownFields(record)) {
      return new Newer("the record has a field that this release does not know");
    }
    if (record.hasNamespaceRules()) {
      switch (record.getNamespaceRules().getConflictRule()) {
        case UNRECOGNIZED -> {
          return new Newer("the record has a conflict rule that this release does not know");
        }
        case CONFLICT_RULE_UNSPECIFIED -> {
          return new Undecodable("namespace rules without a conflict rule");
        }
        case LOG_ORDER, VERSION -> {}
      }
      if (Integer.compareUnsigned(record.getNamespaceRules().getMaxVersions(), Limits.MAX_VERSIONS)
          > 0) {
        return new Undecodable("namespace rules that keep more than " + Limits.MAX_VERSIONS);
      }
    }
    return switch (record.getBodyCase()) {
      case BODY_NOT_SET -> new Newer("the record is of a kind that this release does not know");
      case WRITE -> checkWrite(record);
      case NAMESPACE_CONFIG ->
          record.hasNamespaceRules()
              ? new Readable(record)
              : new Undecodable("a namespace config without rules");
      case INCARNATION_START -> checkIncarnation(record);
      case BARRIER, TICK -> new Readable(record);
      case NAMESPACE_DROP ->
          record.getNamespaceId() == 0
              ? new Undecodable("a drop without a namespace")
              : new Readable(record);
    };
  }

  private static DecodedRecord checkIncarnation(LogRecord record) {
    int incarnation = record.getIncarnationStart().getIncarnation();
    if (incarnation < 1 || incarnation > Position.MAX_INCARNATION) {
      return new Undecodable("incarnation " + Integer.toUnsignedString(incarnation));
    }
    return new Readable(record);
  }

  private static DecodedRecord checkWrite(LogRecord record) {
    String problem = stampProblem(record.hasStamp(), record.getStamp());
    if (problem == null) {
      problem = writeProblem(record.getWrite());
    }
    if (problem == null && record.getNamespaceId() == 0) {
      problem = "a write without a namespace";
    }
    return problem == null ? new Readable(record) : new Undecodable(problem);
  }

  private static String stampProblem(boolean present, WriterStamp stamp) {
    if (!present) {
      return "a write without a stamp";
    }
    long sequence = stamp.getSequence();
    long lowestOpen = stamp.getLowestOpen();
    if (sequence < 1 || lowestOpen < 1 || lowestOpen > sequence) {
      return "a stamp with sequence " + sequence + " and lowest open " + lowestOpen;
    }
    if (sequence - lowestOpen >= Limits.WRITER_WINDOW) {
      return "a stamp wider than the writer window";
    }
    return null;
  }

  private static String writeProblem(Write write) {
    if (write.getPartitionKey().isEmpty()) {
      return "a write without a partition key";
    }
    List<Operation> operations = write.getOperationsList();
    if (operations.isEmpty()) {
      return "a write without operations";
    }
    Set<ByteString> seen = operations.size() == 1 ? null : new HashSet<>();
    for (Operation operation : operations) {
      if (operation.getActionCase() == Operation.ActionCase.ACTION_NOT_SET) {
        return "an operation without an action";
      }
      if (write.getPartitionKey().size() + operation.getSortKey().size() > Limits.MAX_KEY_BYTES) {
        return "a key longer than " + Limits.MAX_KEY_BYTES + " bytes";
      }
      if (seen != null && !seen.add(operation.getSortKey())) {
        return "a write that names a record twice";
      }
      if (operation.hasCondition()
          && operation.getCondition().getTestCase() == Condition.TestCase.TEST_NOT_SET) {
        return "a condition without a test";
      }
      if (operation.hasLifetime() && !isLifetime(operation)) {
        return "a lifetime that is none";
      }
    }
    return null;
  }

  private static boolean isLifetime(Operation operation) {
    Lifetime lifetime = operation.getLifetime();
    boolean bounded =
        switch (lifetime.getUntilCase()) {
          case TTL_MS -> lifetime.getTtlMs() > 0 && lifetime.getTtlMs() <= Limits.MAX_TTL_MILLIS;
          case EXPIRES_MS -> lifetime.getExpiresMs() > 0;
          case UNENDING -> true;
          case UNTIL_NOT_SET -> false;
        };
    return bounded && !operation.hasDelete();
  }

  private static boolean hasUnknownFields(LogRecord record) {
    if (unknown(record)
        || unknown(record.getStamp())
        || unknown(record.getNamespaceRules())
        || unknown(record.getWrite())
        || unknown(record.getIncarnationStart())
        || unknown(record.getNamespaceConfig())
        || unknown(record.getBarrier())
        || unknown(record.getTick())
        || unknown(record.getNamespaceDrop())) {
      return true;
    }
    for (Operation operation : record.getWrite().getOperationsList()) {
      if (unknown(operation)
          || unknown(operation.getDelete())
          || unknown(operation.getIncrement())
          || operation.hasCondition() && hasUnknownFields(operation.getCondition())
          || operation.hasLifetime() && hasUnknownFields(operation.getLifetime())) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasUnknownFields(Condition condition) {
    return unknown(condition) || unknown(condition.getAbsent()) || unknown(condition.getPresent());
  }

  private static boolean hasUnknownFields(Lifetime lifetime) {
    return unknown(lifetime) || unknown(lifetime.getUnending());
  }

  private static boolean unknown(Message message) {
    return !message.getUnknownFields().isEmpty();
  }
}
