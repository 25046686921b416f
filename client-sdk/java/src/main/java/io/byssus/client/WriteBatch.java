package io.byssus.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.byssus.proto.kv.v1.WriteOperation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes to several records of one partition key that take effect together or not at all: 1 to
 * 1,000 operations, no sort key twice, at most 4 MiB of keys and values (those of conditions too).
 * All conditions are decided on the state before the batch; where one does not hold, or an
 * increment cannot be done, no operation takes effect ({@link WriteResult#failure()}). Immutable.
 *
 * <pre>{@code
 * WriteBatch move = WriteBatch.of("order-17").put("state", "paid").delete("reservation").build();
 * }</pre>
 */
public final class WriteBatch {
  private final ByteString partitionKey;
  private final List<WriteOperation> operations;

  private WriteBatch(ByteString partitionKey, List<WriteOperation> operations) {
    this.partitionKey = partitionKey;
    this.operations = operations;
  }

  /** Begins a batch. */
  public static Builder of(String partitionKey) {
    return new Builder(ByteString.copyFromUtf8(partitionKey));
  }

  /** Begins a batch. */
  public static Builder of(byte[] partitionKey) {
    return new Builder(ByteString.copyFrom(partitionKey));
  }

  /** How many operations it has. */
  public int size() {
    return operations.size();
  }

  ByteString partitionKey() {
    return partitionKey;
  }

  List<WriteOperation> operations() {
    return operations;
  }

  List<Key> records() {
    return operations.stream().map(o -> Key.of(partitionKey, o.getSortKey())).toList();
  }

  /** Bytes of keys and values. */
  int bytes() {
    return operations.stream()
        .mapToInt(Operations::bytes)
        .reduce(partitionKey.size(), Integer::sum);
  }

  /** Collects the operations of a {@link WriteBatch}. Not for use by several threads at once. */
  public static final class Builder {
    private final ByteString partitionKey;
    private final List<WriteOperation> operations = new ArrayList<>();

    private Builder(ByteString partitionKey) {
      this.partitionKey = partitionKey;
    }

    /** Sets a record's value; both as UTF-8. */
    public Builder put(String sortKey, String value) {
      return put(sortKey, value, OperationOptions.defaults());
    }

    /** Sets a record's value, both as UTF-8, with a condition, version or lifetime. */
    public Builder put(String sortKey, String value, OperationOptions options) {
      return put(
          ByteString.copyFromUtf8(sortKey),
          UnsafeByteOperations.unsafeWrap(value.getBytes(StandardCharsets.UTF_8)),
          options);
    }

    /** Sets a record's value. */
    public Builder put(String sortKey, byte[] value) {
      return put(
          ByteString.copyFromUtf8(sortKey),
          ByteString.copyFrom(value),
          OperationOptions.defaults());
    }

    /** Sets a record's value. */
    public Builder put(byte[] sortKey, byte[] value) {
      return put(sortKey, value, OperationOptions.defaults());
    }

    /** Sets a record's value, with a condition, version or lifetime. */
    public Builder put(byte[] sortKey, byte[] value, OperationOptions options) {
      return put(ByteString.copyFrom(sortKey), ByteString.copyFrom(value), options);
    }

    /** Removes a record; one that is absent is no error. */
    public Builder delete(String sortKey) {
      return delete(sortKey, OperationOptions.defaults());
    }

    /** Removes a record, under a condition or with a version; one that is absent is no error. */
    public Builder delete(String sortKey, OperationOptions options) {
      return add(Operations.delete(ByteString.copyFromUtf8(sortKey), options));
    }

    /** Removes a record; one that is absent is no error. */
    public Builder delete(byte[] sortKey) {
      return delete(sortKey, OperationOptions.defaults());
    }

    /** Removes a record, under a condition or with a version; one that is absent is no error. */
    public Builder delete(byte[] sortKey, OperationOptions options) {
      return add(Operations.delete(ByteString.copyFrom(sortKey), options));
    }

    /** Adds to the number that a record's value is; see {@link Namespace#increment(Key, long)}. */
    public Builder increment(String sortKey, long delta) {
      return increment(sortKey, delta, OperationOptions.defaults());
    }

    /** Adds to the number that a record's value is, under a condition or with a lifetime. */
    public Builder increment(String sortKey, long delta, OperationOptions options) {
      return add(Operations.increment(ByteString.copyFromUtf8(sortKey), delta, options));
    }

    /** Adds to the number that a record's value is, under a condition or with a lifetime. */
    public Builder increment(byte[] sortKey, long delta, OperationOptions options) {
      return add(Operations.increment(ByteString.copyFrom(sortKey), delta, options));
    }

    private Builder put(ByteString sortKey, ByteString value, OperationOptions options) {
      return add(Operations.put(sortKey, value, options));
    }

    private Builder add(WriteOperation operation) {
      operations.add(operation);
      return this;
    }

    /** How many operations were added. */
    public int size() {
      return operations.size();
    }

    /** The batch. Limits are checked by the call that writes it. */
    public WriteBatch build() {
      return new WriteBatch(partitionKey, List.copyOf(operations));
    }
  }
}
