package io.byssus.client;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

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
  private final NamespaceCalls calls;

  Namespace(NamespaceCalls calls) {
    this.calls = calls;
  }

  /** Its name. */
  public String name() {
    return calls.name();
  }

  // Writes

  /** Sets a record's value, as UTF-8. */
  public WriteResult put(Key key, String value) {
    return put(key, value, WriteOptions.defaults());
  }

  /** Sets a record's value, as UTF-8. */
  public WriteResult put(Key key, String value, WriteOptions options) {
    return put(key, value.getBytes(StandardCharsets.UTF_8), options);
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
    return calls.write(
        WriteRequest.put(name(), key, ByteString.copyFrom(value), options.operation()), options);
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
    ByteString bytes = ByteString.copyFrom(value);
    return toldWrite(
        () -> WriteRequest.put(name(), key, bytes, options.operation()),
        options,
        Function.identity());
  }

  /** Removes a record; one that is absent is no error. */
  public WriteResult delete(Key key) {
    return delete(key, WriteOptions.defaults());
  }

  /** Removes a record; one that is absent is no error. */
  public WriteResult delete(Key key, WriteOptions options) {
    return calls.write(WriteRequest.delete(name(), key, options.operation()), options);
  }

  /** Removes a record; one that is absent is no error. */
  public CompletableFuture<WriteResult> deleteAsync(Key key) {
    return deleteAsync(key, WriteOptions.defaults());
  }

  /** Removes a record; one that is absent is no error. */
  public CompletableFuture<WriteResult> deleteAsync(Key key, WriteOptions options) {
    return toldWrite(
        () -> WriteRequest.delete(name(), key, options.operation()), options, Function.identity());
  }

  /** Changes several records of one partition key, all or none. */
  public WriteResult write(WriteBatch batch) {
    return write(batch, WriteOptions.defaults());
  }

  /** Changes several records of one partition key, all or none. */
  public WriteResult write(WriteBatch batch, WriteOptions options) {
    return calls.write(WriteRequest.batch(name(), batch, options.operation()), options);
  }

  /** Changes several records of one partition key, all or none. */
  public CompletableFuture<WriteResult> writeAsync(WriteBatch batch) {
    return writeAsync(batch, WriteOptions.defaults());
  }

  /** Changes several records of one partition key, all or none. */
  public CompletableFuture<WriteResult> writeAsync(WriteBatch batch, WriteOptions options) {
    return toldWrite(
        () -> WriteRequest.batch(name(), batch, options.operation()), options, Function.identity());
  }

  /**
   * Adds to the number that a record's value is; see {@link #increment(Key, long, WriteOptions)}.
   */
  public IncrementResult increment(Key key, long delta) {
    return increment(key, delta, WriteOptions.defaults());
  }

  /**
   * Adds to the number that a record's value is: decimal digits with a "-" before them or not, in
   * the range of a signed 64-bit number. An absent record counts as 0. Only in namespaces of {@code
   * LOG_ORDER}. Answered when applied, with the sum; what is no number, or would leave the range,
   * is told by {@link IncrementResult#failure()}.
   *
   * @param delta may be negative
   */
  public IncrementResult increment(Key key, long delta, WriteOptions options) {
    return IncrementResult.of(
        calls.write(WriteRequest.increment(name(), key, delta, options.operation()), options));
  }

  /** As {@link #increment(Key, long)}. */
  public CompletableFuture<IncrementResult> incrementAsync(Key key, long delta) {
    return incrementAsync(key, delta, WriteOptions.defaults());
  }

  /** As {@link #increment(Key, long, WriteOptions)}. */
  public CompletableFuture<IncrementResult> incrementAsync(
      Key key, long delta, WriteOptions options) {
    return toldWrite(
        () -> WriteRequest.increment(name(), key, delta, options.operation()),
        options,
        IncrementResult::of);
  }

  /** A writer for many writes. Close it. */
  public StreamedWriter writer() {
    return writer(WriterOptions.defaults());
  }

  /** A writer for many writes. It has a thread of its own: close it. */
  public StreamedWriter writer(WriterOptions options) {
    return calls.writer(options);
  }

  // Reads

  /** Reads a record; empty where there is none of this key. */
  public Optional<StoredRecord> get(Key key) {
    return get(key, ReadOptions.defaults());
  }

  /** Reads a record; empty where there is none of this key. */
  public Optional<StoredRecord> get(Key key, ReadOptions options) {
    return Blocking.read(calls.get(key, options));
  }

  /** Reads a record; empty where there is none of this key. */
  public CompletableFuture<Optional<StoredRecord>> getAsync(Key key) {
    return getAsync(key, ReadOptions.defaults());
  }

  /** Reads a record; empty where there is none of this key. */
  public CompletableFuture<Optional<StoredRecord>> getAsync(Key key, ReadOptions options) {
    return told(() -> calls.get(key, options));
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
    return Blocking.read(calls.multiGet(keys, options));
  }

  /** As {@link #multiGet(Collection)}. */
  public CompletableFuture<MultiGetResult> multiGetAsync(Collection<Key> keys) {
    return multiGetAsync(keys, ReadOptions.defaults());
  }

  /** As {@link #multiGet(Collection, ReadOptions)}. */
  public CompletableFuture<MultiGetResult> multiGetAsync(
      Collection<Key> keys, ReadOptions options) {
    return told(() -> calls.multiGet(keys, options));
  }

  /** Lists the versions of a record that can still be read, deletions included. */
  public VersionPage versions(Key key, VersionQuery query) {
    return versions(key, query, ReadOptions.defaults());
  }

  /**
   * Lists the versions of a record that can still be read, deletions included: up to the query's
   * limit, and at most about 4 MiB. Where versions are left, the page says where to go on.
   */
  public VersionPage versions(Key key, VersionQuery query, ReadOptions options) {
    return Blocking.read(calls.versions(key, query, options));
  }

  /** As {@link #versions(Key, VersionQuery, ReadOptions)}. */
  public CompletableFuture<VersionPage> versionsAsync(
      Key key, VersionQuery query, ReadOptions options) {
    return told(() -> calls.versions(key, query, options));
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
    return calls.scan(scan, options);
  }

  /** Reads all records of the namespace, several shards at a time. Close the cursor. */
  public ScanAllCursor scanAll(ScanAll scan) {
    return scanAll(scan, ReadOptions.defaults());
  }

  /**
   * Reads all records of the namespace, several shards at a time. Asks nothing of the cluster
   * before the cursor is read. Close the cursor.
   */
  public ScanAllCursor scanAll(ScanAll scan, ReadOptions options) {
    return calls.scanAll(scan, options);
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
    return Blocking.read(calls.page(scan, options));
  }

  /** As {@link #scanPage(Scan)}. */
  public CompletableFuture<ScanPage> scanPageAsync(Scan scan) {
    return scanPageAsync(scan, ReadOptions.defaults());
  }

  /** As {@link #scanPage(Scan, ReadOptions)}. */
  public CompletableFuture<ScanPage> scanPageAsync(Scan scan, ReadOptions options) {
    return told(() -> calls.page(scan, options));
  }

  /** What a call begins that may refuse to: told through the future, too. */
  private <T> CompletableFuture<T> told(Supplier<CompletableFuture<T>> beginning) {
    try {
      return calls.handOut(beginning.get(), Function.identity(), true);
    } catch (InvalidRequestException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private <T> CompletableFuture<T> toldWrite(
      Supplier<WriteRequest<?>> request, WriteOptions options, Function<WriteResult, T> answer) {
    try {
      return calls.writeAsync(request.get(), options, answer);
    } catch (InvalidRequestException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
