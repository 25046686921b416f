package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.proto.kv.v1.Remove;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.log.v1.Increment;

/** Makes the operations of writes, and measures them. */
final class Operations {
  private Operations() {}

  static WriteOperation put(ByteString sortKey, ByteString value, OperationOptions options) {
    return with(WriteOperation.newBuilder().setSortKey(sortKey).setPut(value), options);
  }

  static WriteOperation delete(ByteString sortKey, OperationOptions options) {
    return with(
        WriteOperation.newBuilder().setSortKey(sortKey).setRemove(Remove.getDefaultInstance()),
        options);
  }

  static WriteOperation increment(ByteString sortKey, long delta, OperationOptions options) {
    return with(
        WriteOperation.newBuilder()
            .setSortKey(sortKey)
            .setIncrement(Increment.newBuilder().setDelta(delta)),
        options);
  }

  private static WriteOperation with(WriteOperation.Builder operation, OperationOptions options) {
    if (options.condition().isPresent()) {
      operation.setCondition(options.condition().get().toProto());
    }
    if (options.version().isPresent()) {
      operation.setVersion(options.version().getAsLong());
    }
    if (options.lifetime().isPresent()) {
      operation.setLifetime(options.lifetime().get().toProto());
    }
    return operation.build();
  }

  /** Bytes of its sort key and values. */
  static int bytes(WriteOperation operation) {
    return operation.getSortKey().size()
        + operation.getPut().size()
        + operation.getCondition().getValueEquals().size();
  }

  /** Whether the write is answered with an outcome, which is known when it is applied. */
  static boolean hasOutcome(WriteOperation operation) {
    return operation.hasCondition() || operation.hasIncrement();
  }
}
