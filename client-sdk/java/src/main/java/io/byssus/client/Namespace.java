package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.model.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * The records of one namespace. From {@link ByssusClient#namespace}; light, safe for use by several
 * threads, and as long-lived as its client.
 *
 * <p><b>Writes</b> happen at most once, however often the SDK repeats them, and the writes of one
 * record take effect in the order in which they were called (by one thread, or one after the
 * other). Writes of different records are independent of each other. {@link ByssusClientException}
 * tells how a write can fail.
 *
 * <p><b>Asynchronous forms</b> return at once and complete their future on the client's callback
 * executor. A request past a limit, too, is told through the future. Cancelling the future of a
 * read ends the read; cancelling the future of a write changes nothing: the write goes on, and only
 * its outcome is not told.
 *
 * <p><b>Blocking forms</b> wait for as long as the deadline allows. A thread that is interrupted in
 * a read gives the read up ({@link CallInterruptedException}); in a write it stops waiting and the
 * write goes on ({@link IndeterminateException}).
 *
 * <p>Every method throws {@link IllegalStateException} once the client is closed.
 */
public final class Namespace {
  private final ByssusClient client;
  private final String name;

  /** Shared by all handles of this namespace: it keeps the writes of each record in order. */
  private final RecordOrder order;

  Namespace(ByssusClient client, String name, RecordOrder order) {
    this.client = client;
    this.name = name;
    this.order = order;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  // Writes

  /** Sets a record's value, as UTF-8. */
  public WriteResult put(Key key, String value) {
    return put(key, value.getBytes(StandardCharsets.UTF_8), WriteOptions.defaults());
  }

  /** Sets a record's value. */
  public WriteResult put(Key key, byte[] value) {
    return put(key, value, WriteOptions.defaults());
  }

  /**
   * Sets a record's value.
   *
   * @param value at most 1 MiB; copied
   */
  public WriteResult put(Key key, byte[] value, WriteOptions options) {
    return write(WriteRequest.put(name, key, ByteString.copyFrom(value)), options);
  }

  /** Sets a record's value, as UTF-8. */
  public CompletableFuture<WriteResult> putAsync(Key key, String value) {
    return putAsync(key, value.getBytes(StandardCharsets.UTF_8), WriteOptions.defaults());
  }

  /** Sets a record's value. */
  public CompletableFuture<WriteResult> putAsync(Key key, byte[] value) {
    return putAsync(key, value, WriteOptions.defaults());
  }

  /**
   * Sets a record's value.
   *
   * @param value at most 1 MiB; copied before this returns
   */
  public CompletableFuture<WriteResult> putAsync(Key key, byte[] value, WriteOptions options) {
    try {
      return writeAsync(WriteRequest.put(name, key, ByteString.copyFrom(value)), options);
    } catch (InvalidRequestException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Removes a record; one that is absent is no error. */
  public WriteResult delete(Key key) {
    return delete(key, WriteOptions.defaults());
  }

  /** Removes a record; one that is absent is no error. */
  public WriteResult delete(Key key, WriteOptions options) {
    return write(WriteRequest.delete(name, key), options);
  }

  /** Removes a record; one that is absent is no error. */
  public CompletableFuture<WriteResult> deleteAsync(Key key) {
    return deleteAsync(key, WriteOptions.defaults());
  }

  /** Removes a record; one that is absent is no error. */
  public CompletableFuture<WriteResult> deleteAsync(Key key, WriteOptions options) {
    try {
      return writeAsync(WriteRequest.delete(name, key), options);
    } catch (InvalidRequestException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Changes several records of one partition key, all or none. */
  public WriteResult write(WriteBatch batch) {
    return write(batch, WriteOptions.defaults());
  }

  /** Changes several records of one partition key, all or none. */
  public WriteResult write(WriteBatch batch, WriteOptions options) {
    return write(WriteRequest.batch(name, batch), options);
  }

  /** Changes several records of one partition key, all or none. */
  public CompletableFuture<WriteResult> writeAsync(WriteBatch batch) {
    return writeAsync(batch, WriteOptions.defaults());
  }

  /** Changes several records of one partition key, all or none. */
  public CompletableFuture<WriteResult> writeAsync(WriteBatch batch, WriteOptions options) {
    try {
      return writeAsync(WriteRequest.batch(name, batch), options);
    } catch (InvalidRequestException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  // Reads

  /** Reads a record; empty where there is none of this key. */
  public Optional<StoredRecord> get(Key key) {
    return get(key, ReadOptions.defaults());
  }

  /** Reads a record; empty where there is none of this key. */
  public Optional<StoredRecord> get(Key key, ReadOptions options) {
    return Blocking.read(startGet(key, options));
  }

  /** Reads a record; empty where there is none of this key. */
  public CompletableFuture<Optional<StoredRecord>> getAsync(Key key) {
    return getAsync(key, ReadOptions.defaults());
  }

  /** Reads a record; empty where there is none of this key. */
  public CompletableFuture<Optional<StoredRecord>> getAsync(Key key, ReadOptions options) {
    try {
      return handOut(startGet(key, options), true);
    } catch (InvalidRequestException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Reads several records, of any partition keys; a key may stand more than once. */
  public MultiGetResult multiGet(Collection<Key> keys) {
    return multiGet(keys, ReadOptions.defaults());
  }

  /**
   * Reads several records, of any partition keys; a key may stand more than once. Any number of
   * keys: they are asked for 1,000 at a time. Fails as a whole only where no key could be asked
   * for; else each key has its own result or failure.
   */
  public MultiGetResult multiGet(Collection<Key> keys, ReadOptions options) {
    return Blocking.read(startMultiGet(keys, options));
  }

  /** As {@link #multiGet(Collection)}. */
  public CompletableFuture<MultiGetResult> multiGetAsync(Collection<Key> keys) {
    return multiGetAsync(keys, ReadOptions.defaults());
  }

  /** As {@link #multiGet(Collection, ReadOptions)}. */
  public CompletableFuture<MultiGetResult> multiGetAsync(
      Collection<Key> keys, ReadOptions options) {
    try {
      return handOut(startMultiGet(keys, options), true);
    } catch (InvalidRequestException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Reads the records of a partition key, one after the other. Close the cursor. */
  public ScanCursor scan(Scan scan) {
    return scan(scan, ReadOptions.defaults());
  }

  /**
   * Reads the records of a partition key, one after the other. Asks nothing of the cluster before
   * the cursor is read. Close the cursor.
   *
   * @throws InvalidRequestException where the partition key is past a limit
   */
  public ScanCursor scan(Scan scan, ReadOptions options) {
    RequestChecks.partitionKey(scan.partitionKey());
    ReadPath path = client.reads();
    ReadTerms terms = client.defaults().read(options, path.calls().now());
    return new ScanCursor(path, name, scan, terms, client.defaults().readNanos(options));
  }

  /** Reads a page of records. */
  public ScanPage scanPage(Scan scan) {
    return scanPage(scan, ReadOptions.defaults());
  }

  /**
   * Reads a page of records: up to the scan's limit, and at most about 4 MiB. Where the page ends
   * before the selection does, it says where to go on.
   */
  public ScanPage scanPage(Scan scan, ReadOptions options) {
    return Blocking.read(startPage(scan, options));
  }

  /** As {@link #scanPage(Scan)}. */
  public CompletableFuture<ScanPage> scanPageAsync(Scan scan) {
    return scanPageAsync(scan, ReadOptions.defaults());
  }

  /** As {@link #scanPage(Scan, ReadOptions)}. */
  public CompletableFuture<ScanPage> scanPageAsync(Scan scan, ReadOptions options) {
    try {
      return handOut(startPage(scan, options), true);
    } catch (InvalidRequestException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  // How they are begun

  private WriteResult write(WriteRequest<?> request, WriteOptions options) {
    WritePath path = client.writes();
    WriteTerms terms = client.defaults().write(options, path.calls().now());
    boolean entered;
    try {
      entered = path.open().enter(request.bytes(), terms.deadline() - path.calls().now());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotWrittenException(
          ErrorCode.OVERLOADED, "not written: interrupted while waiting to be sent", e);
    }
    if (!entered) {
      throw Failures.notWritten(path.open().full(), terms.requestId());
    }
    return Blocking.write(new WriteCall<>(path, order, request, terms).start());
  }

  private CompletableFuture<WriteResult> writeAsync(WriteRequest<?> request, WriteOptions options) {
    WritePath path = client.writes();
    WriteTerms terms = client.defaults().write(options, path.calls().now());
    if (!path.open().tryEnter(request.bytes())) {
      return CompletableFuture.failedFuture(
          Failures.notWritten(path.open().full(), terms.requestId()));
    }
    return handOut(new WriteCall<>(path, order, request, terms).start(), false);
  }

  private CompletableFuture<Optional<StoredRecord>> startGet(Key key, ReadOptions options) {
    RequestChecks.key(key);
    ReadPath path = client.reads();
    return new GetCall(path, name, key, client.defaults().read(options, path.calls().now()))
        .start();
  }

  private CompletableFuture<MultiGetResult> startMultiGet(
      Collection<Key> keys, ReadOptions options) {
    List<Key> asked = List.copyOf(keys);
    RequestChecks.keys(asked);
    ReadPath path = client.reads();
    return new MultiGetCall(path, name, asked, client.defaults().read(options, path.calls().now()))
        .start();
  }

  private CompletableFuture<ScanPage> startPage(Scan scan, ReadOptions options) {
    RequestChecks.partitionKey(scan.partitionKey());
    ReadPath path = client.reads();
    return new ScanPageCall(path, name, scan, client.defaults().read(options, path.calls().now()))
        .start();
  }

  /**
   * The user's own future: completed on the callback executor, so that what users hang on it cannot
   * hold up a connection.
   */
  private <T> CompletableFuture<T> handOut(CompletableFuture<T> inner, boolean cancellable) {
    CompletableFuture<T> users = new CompletableFuture<>();
    inner.whenComplete(
        (value, failure) -> {
          Runnable complete =
              () -> {
                if (failure == null) {
                  users.complete(value);
                } else {
                  users.completeExceptionally(failure);
                }
              };
          try {
            client.callbacks().execute(complete);
          } catch (RejectedExecutionException e) {
            // The user has shut his executor down; his future must not wait for ever.
            complete.run();
          }
        });
    if (cancellable) {
      users.whenComplete(
          (value, failure) -> {
            if (users.isCancelled()) {
              inner.cancel(false);
            }
          });
    }
    return users;
  }
}
