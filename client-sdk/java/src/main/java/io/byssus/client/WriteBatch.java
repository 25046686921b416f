package io.byssus.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.byssus.proto.kv.v1.Remove;
import io.byssus.proto.kv.v1.WriteOperation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes to several records of one partition key that take effect together or not at all: 1 to
 * 1,000 operations, no sort key twice, at most 4 MiB of keys and values. Immutable.
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

  /** Collects the operations of a {@link WriteBatch}. Not for use by several threads at once. */
  public static final class Builder {
    private final ByteString partitionKey;
    private final List<WriteOperation> operations = new ArrayList<>();

    private Builder(ByteString partitionKey) {
      this.partitionKey = partitionKey;
    }

    /** Sets a record's value; both as UTF-8. */
    public Builder put(String sortKey, String value) {
      return put(
          ByteString.copyFromUtf8(sortKey),
          UnsafeByteOperations.unsafeWrap(value.getBytes(StandardCharsets.UTF_8)));
    }

    /** Sets a record's value. */
    public Builder put(String sortKey, byte[] value) {
      return put(ByteString.copyFromUtf8(sortKey), ByteString.copyFrom(value));
    }

    /** Sets a record's value. */
    public Builder put(byte[] sortKey, byte[] value) {
      return put(ByteString.copyFrom(sortKey), ByteString.copyFrom(value));
    }

    /** Removes a record; one that is absent is no error. */
    public Builder delete(String sortKey) {
      return delete(ByteString.copyFromUtf8(sortKey));
    }

    /** Removes a record; one that is absent is no error. */
    public Builder delete(byte[] sortKey) {
      return delete(ByteString.copyFrom(sortKey));
    }

    private Builder put(ByteString sortKey, ByteString value) {
      operations.add(WriteOperation.newBuilder().setSortKey(sortKey).setPut(value).build());
      return this;
    }

    private Builder delete(ByteString sortKey) {
      operations.add(
          WriteOperation.newBuilder()
              .setSortKey(sortKey)
              .setRemove(Remove.getDefaultInstance())
              .build());
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
