package io.byssus.client;

import io.byssus.client.stamps.OpenWrites;
import io.byssus.client.stamps.RecordOrder;
import io.byssus.model.ErrorCode;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Begins the calls of one namespace: checks what is asked, and fills in the client's defaults. */
final class NamespaceCalls {
  private final ByssusClient client;
  private final String name;

  /** Shared by all handles of the namespace: it keeps the writes of each record in order. */
  private final RecordOrder order = new RecordOrder();

  NamespaceCalls(ByssusClient client, String name) {
    this.client = client;
    this.name = name;
  }

  String name() {
    return name;
  }

  /** Makes a write and waits for its answer. */
  WriteResult write(WriteRequest<?> request, WriteOptions options) {
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

  /** Begins a write. */
  <T> CompletableFuture<T> writeAsync(
      WriteRequest<?> request, WriteOptions options, Function<WriteResult, T> answer) {
    WritePath path = client.writes();
    WriteTerms terms = client.defaults().write(options, path.calls().now());
    if (!path.open().tryEnter(request.bytes())) {
      return CompletableFuture.failedFuture(
          Failures.notWritten(path.open().full(), terms.requestId()));
    }
    return handOut(new WriteCall<>(path, order, request, terms).start(), answer, false);
  }

  /** Begins a writer. */
  StreamedWriter writer(WriterOptions options) {
    WritePath path = client.writes();
    WriteOptions each =
        new WriteOptions(
            options.deadline(),
            options.acknowledgement(),
            options.session(),
            options.criticality(),
            OperationOptions.defaults());
    long now = path.calls().now();
    WriteTerms terms = client.defaults().write(each, now);
    OpenWrites open = new OpenWrites(options.maxOpenWrites(), options.maxOpenBytes());
    WriterLoop loop = new WriterLoop(path, name, order, terms, open);
    loop.start();
    return new StreamedWriter(loop, path.calls(), open, terms.deadline() - now);
  }

  CompletableFuture<Optional<StoredRecord>> get(Key key, ReadOptions options) {
    RequestChecks.key(key);
    return ask(key, RecordCall.Question.content(name, key, options.atVersion().orElse(0)), options);
  }

  CompletableFuture<VersionPage> versions(Key key, VersionQuery query, ReadOptions options) {
    RequestChecks.newest(options.atVersion());
    RequestChecks.versions(key, query);
    return ask(key, RecordCall.Question.versions(name, key, query), options);
  }

  private <T> CompletableFuture<T> ask(
      Key key, RecordCall.Question<?, ?, T> question, ReadOptions options) {
    ReadPath path = client.reads();
    return new RecordCall<>(path, name, key, question, terms(path, options)).start();
  }

  CompletableFuture<MultiGetResult> multiGet(Collection<Key> keys, ReadOptions options) {
    List<Key> asked = List.copyOf(keys);
    RequestChecks.newest(options.atVersion());
    RequestChecks.keys(asked);
    ReadPath path = client.reads();
    return new MultiGetCall(path, name, asked, terms(path, options)).start();
  }

  CompletableFuture<ScanPage> page(Scan scan, ReadOptions options) {
    RequestChecks.newest(options.atVersion());
    RequestChecks.partitionKey(scan.partitionKey());
    ReadPath path = client.reads();
    return new ScanPageCall(path, name, scan, terms(path, options)).start();
  }

  ScanCursor scan(Scan scan, ReadOptions options) {
    RequestChecks.newest(options.atVersion());
    RequestChecks.partitionKey(scan.partitionKey());
    ReadPath path = client.reads();
    long waitNanos = client.defaults().readNanos(options);
    return new ScanCursor(path, name, scan, terms(path, options), waitNanos);
  }

  ScanAllCursor scanAll(ScanAll scan, ReadOptions options) {
    RequestChecks.newest(options.atVersion());
    ReadPath path = client.reads();
    long waitNanos = client.defaults().readNanos(options);
    return new ScanAllCursor(path, name, scan, terms(path, options), waitNanos);
  }

  private ReadTerms terms(ReadPath path, ReadOptions options) {
    ReadTerms terms = client.defaults().read(options, path.calls().now());
    RequestChecks.level(terms.consistency());
    return terms;
  }

  /**
   * The user's own future: completed on the callback executor, so that what users hang on it cannot
   * hold up a connection.
   */
  <A, T> CompletableFuture<T> handOut(
      CompletableFuture<A> inner, Function<A, T> answer, boolean cancellable) {
    CompletableFuture<T> users = new CompletableFuture<>();
    inner.whenComplete(
        (value, failure) -> {
          client.callBack(
              () -> {
                if (failure == null) {
                  users.complete(answer.apply(value));
                } else {
                  users.completeExceptionally(failure);
                }
              });
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
