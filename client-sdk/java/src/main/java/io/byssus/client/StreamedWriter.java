package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.client.calls.CallFailure;
import io.byssus.client.calls.Calls;
import io.byssus.client.stamps.OpenWrites;
import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.WriteOperation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Writes by a stream: the way for many. From {@link Namespace#writer()}; safe for use by several
 * threads. Close it.
 *
 * <pre>{@code
 * try (StreamedWriter writer = namespace.writer()) {
 *   for (Place place : places) {
 *     writer.put(Key.of(place.country(), place.name()), place.json(), listener);
 *   }
 * } // waits until every write has its outcome
 * }</pre>
 *
 * <p>Promises what single writes promise: each takes effect at most once, and the writes of one
 * record take effect in the order of the calls, those of {@link Namespace} included. Each has an
 * outcome of its own, told by a future or a {@link WriteListener}, both on the client's callback
 * executor: {@link WriteResult}, or the exception that a single write would have thrown. A write
 * whose deadline passes is told so within 100 ms of it, whatever the others do. Where a stream
 * breaks, the writes without an outcome are sent again on another dispatcher.
 *
 * <p>A call returns when the write has a place among the open writes, and waits for one, at most
 * for the write's deadline, where there is none: a slow cluster slows its writers. So do callbacks
 * that take long: a write is open until its caller was told. A write that found no place is told as
 * any other, with OVERLOADED.
 */
public final class StreamedWriter implements AutoCloseable {
  private final WriterLoop loop;
  private final Calls calls;
  private final OpenWrites open;
  private final long deadlineNanos;
  private volatile boolean closed;

  /**
   * @param loop started
   * @param open bounds the writer's writes
   * @param deadlineNanos of each write
   */
  StreamedWriter(WriterLoop loop, Calls calls, OpenWrites open, long deadlineNanos) {
    this.loop = loop;
    this.calls = calls;
    this.open = open;
    this.deadlineNanos = deadlineNanos;
  }

  /** Sets a record's value, as UTF-8. */
  public CompletableFuture<WriteResult> put(Key key, String value) {
    return put(key, value.getBytes(StandardCharsets.UTF_8), OperationOptions.defaults());
  }

  /** Sets a record's value: at most 1 MiB, copied. */
  public CompletableFuture<WriteResult> put(Key key, byte[] value) {
    return put(key, value, OperationOptions.defaults());
  }

  /** Sets a record's value, with a condition, version or lifetime. */
  public CompletableFuture<WriteResult> put(Key key, byte[] value, OperationOptions options) {
    return told(listener -> put(key, value, options, listener));
  }

  /**
   * As {@link #put(Key, byte[], OperationOptions)}.
   *
   * @throws InvalidRequestException where it is past a limit; the listener is not told then
   * @throws NotWrittenException where the thread is interrupted while it waits for a place; the
   *     listener is not told then
   */
  public void put(Key key, byte[] value, OperationOptions options, WriteListener listener) {
    write(key, Operations.put(key.sort(), ByteString.copyFrom(value), options), listener);
  }

  /** Removes a record; one that is absent is no error. */
  public CompletableFuture<WriteResult> delete(Key key) {
    return delete(key, OperationOptions.defaults());
  }

  /** Removes a record, under a condition or with a version. */
  public CompletableFuture<WriteResult> delete(Key key, OperationOptions options) {
    return told(listener -> delete(key, options, listener));
  }

  /**
   * As {@link #delete(Key, OperationOptions)}.
   *
   * @throws InvalidRequestException where it is past a limit; the listener is not told then
   * @throws NotWrittenException where the thread is interrupted while it waits for a place; the
   *     listener is not told then
   */
  public void delete(Key key, OperationOptions options, WriteListener listener) {
    write(key, Operations.delete(key.sort(), options), listener);
  }

  /** Adds to the number that a record's value is; the sum is the only one of the result's. */
  public CompletableFuture<WriteResult> increment(Key key, long delta) {
    return increment(key, delta, OperationOptions.defaults());
  }

  /** Adds to the number that a record's value is, under a condition or with a lifetime. */
  public CompletableFuture<WriteResult> increment(Key key, long delta, OperationOptions options) {
    return told(listener -> write(key, Operations.increment(key.sort(), delta, options), listener));
  }

  /** Changes several records of one partition key, all or none. */
  public CompletableFuture<WriteResult> write(WriteBatch batch) {
    return told(listener -> write(batch, listener));
  }

  /**
   * As {@link #write(WriteBatch)}.
   *
   * @throws InvalidRequestException where it is past a limit; the listener is not told then
   * @throws NotWrittenException where the thread is interrupted while it waits for a place; the
   *     listener is not told then
   */
  public void write(WriteBatch batch, WriteListener listener) {
    RequestChecks.batch(batch, OperationOptions.defaults());
    begin(batch.partitionKey(), batch.records(), batch.operations(), batch.bytes(), listener);
  }

  /**
   * Waits until every write that was begun has its outcome, and its caller was told. Not to be
   * called by a listener.
   *
   * @throws CallInterruptedException where the thread is interrupted; the writes go on
   */
  public void flush() {
    try {
      loop.inbox().awaitTold();
    } catch (InterruptedException e) {
      throw Blocking.interrupted(e);
    }
  }

  /**
   * Takes no more writes, waits as {@link #flush()} does, and ends the stream. Where the thread is
   * interrupted, the writes that are open fail instead, as when the client is closed. A second time
   * it does nothing.
   */
  @Override
  public void close() {
    closed = true;
    try {
      flush();
    } finally {
      loop.abort(CallFailure.local(ErrorCode.SHUTTING_DOWN, "the writer was closed"));
    }
  }

  private void write(Key key, WriteOperation operation, WriteListener listener) {
    RequestChecks.operation(key, operation);
    int bytes = key.partition().size() + Operations.bytes(operation);
    begin(key.partition(), List.of(key), List.of(operation), bytes, listener);
  }

  private void begin(
      ByteString partitionKey,
      List<Key> records,
      List<WriteOperation> operations,
      int bytes,
      WriteListener listener) {
    if (closed) {
      throw new IllegalStateException("the writer is closed");
    }
    StreamedWrite write =
        new StreamedWrite(
            loop,
            loop.order(),
            partitionKey,
            records,
            operations,
            bytes,
            calls.now() + deadlineNanos,
            listener);
    boolean entered;
    try {
      entered = open.enter(bytes, deadlineNanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotWrittenException(
          ErrorCode.OVERLOADED, "not written: interrupted while waiting to be sent", e);
    }
    if (entered) {
      loop.begin(write);
    } else {
      loop.refuse(write, open.full());
    }
  }

  /** A write that is told through a future. */
  private interface Beginning {
    void with(WriteListener listener);
  }

  private static CompletableFuture<WriteResult> told(Beginning write) {
    CompletableFuture<WriteResult> future = new CompletableFuture<>();
    try {
      write.with(
          (result, failure) -> {
            if (failure == null) {
              future.complete(result);
            } else {
              future.completeExceptionally(failure);
            }
          });
    } catch (InvalidRequestException | NotWrittenException e) {
      future.completeExceptionally(e);
    }
    return future;
  }
}
