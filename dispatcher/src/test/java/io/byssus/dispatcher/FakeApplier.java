package io.byssus.dispatcher;

import com.google.protobuf.ByteString;
import io.byssus.proto.internal.v1.OutcomeKind;
import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.kv.v1.Record;
import io.byssus.proto.kv.v1.WriteFailure;
import io.byssus.proto.kv.v1.WriteFailureReason;
import io.byssus.proto.log.v1.Condition;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Applies a write to the records of its partition key, as far as a dispatcher can tell: conditions,
 * increments, and which of two versions is higher.
 */
final class FakeApplier {
  private FakeApplier() {}

  static WriteOutcome apply(TreeMap<ByteString, Record> partition, Write write, long position) {
    WriteOutcome.Builder outcome =
        WriteOutcome.newBuilder().setKind(OutcomeKind.OUTCOME_APPLIED).setVersion(position);
    Map<ByteString, Optional<Record>> changes = new HashMap<>();
    for (int i = 0; i < write.getOperationsCount(); i++) {
      Operation operation = write.getOperations(i);
      Optional<Record> before = Optional.ofNullable(partition.get(operation.getSortKey()));
      Optional<WriteFailureReason> failure = failure(operation, before);
      if (failure.isPresent()) {
        return failed(i, failure.get(), before);
      }
      if (operation.getVersion() != 0) {
        outcome.setVersion(0);
        if (operation.getVersion() <= version(before)) {
          outcome.setSuperseded(outcome.getSuperseded() + 1);
          continue;
        }
      }
      ByteString value = operation.getPut();
      if (operation.hasIncrement()) {
        long sum = number(before) + operation.getIncrement().getDelta();
        outcome.addSums(sum);
        value = ByteString.copyFromUtf8(Long.toString(sum));
      }
      long version = operation.getVersion() == 0 ? position : operation.getVersion();
      Record after = Record.newBuilder().setValue(value).setVersion(version).build();
      changes.put(
          operation.getSortKey(), operation.hasDelete() ? Optional.empty() : Optional.of(after));
    }
    changes.forEach(
        (sortKey, after) ->
            after.ifPresentOrElse(
                record -> partition.put(sortKey, record), () -> partition.remove(sortKey)));
    return outcome.build();
  }

  private static Optional<WriteFailureReason> failure(
      Operation operation, Optional<Record> before) {
    if (operation.hasCondition() && !holds(operation.getCondition(), before)) {
      return Optional.of(WriteFailureReason.CONDITION_NOT_MET);
    }
    if (operation.hasIncrement()
        && before.isPresent()
        && !before.get().getValue().toStringUtf8().matches("-?[0-9]{1,18}")) {
      return Optional.of(WriteFailureReason.NOT_A_NUMBER);
    }
    return Optional.empty();
  }

  private static boolean holds(Condition condition, Optional<Record> before) {
    return switch (condition.getTestCase()) {
      case ABSENT -> before.isEmpty();
      case PRESENT -> before.isPresent();
      case VERSION_EQUALS -> before.isPresent() && version(before) == condition.getVersionEquals();
      case VALUE_EQUALS ->
          before.map(record -> record.getValue().equals(condition.getValueEquals())).orElse(false);
      case TEST_NOT_SET -> throw new IllegalArgumentException("a condition without a test");
    };
  }

  private static WriteOutcome failed(
      int operation, WriteFailureReason reason, Optional<Record> before) {
    return WriteOutcome.newBuilder()
        .setKind(OutcomeKind.OUTCOME_FAILED)
        .setFailure(
            WriteFailure.newBuilder()
                .setOperation(operation)
                .setReason(reason)
                .setPresent(before.isPresent())
                .setVersion(version(before)))
        .build();
  }

  private static long version(Optional<Record> record) {
    return record.map(Record::getVersion).orElse(0L);
  }

  private static long number(Optional<Record> record) {
    return record.map(r -> Long.parseLong(r.getValue().toStringUtf8())).orElse(0L);
  }
}
