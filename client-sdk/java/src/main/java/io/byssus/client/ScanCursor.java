package io.byssus.client;

import io.byssus.client.calls.Backoff;
import io.byssus.client.calls.CallFailure;
import io.byssus.client.calls.Dispatcher;
import io.byssus.client.calls.LiveCalls;
import io.byssus.client.calls.ScanStream;
import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanResponse;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The records of a scan, one after the other, in the byte order of their sort keys. Close it: an
 * open cursor holds a call.
 *
 * <pre>{@code
 * try (ScanCursor places = namespace.scan(Scan.of("NL").prefix("Am"))) {
 *   for (StoredRecord place : places) {
 *     System.out.println(place.valueUtf8());
 *   }
 * }
 * }</pre>
 *
 * <p>Records are fetched as they are taken, a few pieces of at most 4 MiB ahead: a slow reader
 * slows the server and costs no memory. Where a stream or a dispatcher fails, the scan goes on
 * after the last record, on another one. It is not a snapshot: records written while it runs may or
 * may not appear, but each appears at most once and in order.
 *
 * <p>{@link #hasNext()} and {@link #next()} wait for records, each time at most for the read's
 * deadline, and then throw what a read throws; after that the cursor is closed. For one thread at a
 * time, except {@link #close()}.
 */
public final class ScanCursor
    implements Iterator<StoredRecord>, Iterable<StoredRecord>, AutoCloseable {
  private final ReadPath path;
  private final ReadTerms terms;
  private final long waitNanos;
  private final ScanProgress progress;
  private final ScanFailures failures;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final LiveCalls.Call live = failure -> close();
  private final RecordFetch records;

  private SessionView view = SessionView.NONE;
  private Dispatcher dispatcher;
  private LinkedBlockingQueue<ScanStream.Event<ScanRequest, ScanResponse>> events;
  private volatile ScanStream<ScanRequest, ScanResponse> stream;

  /**
   * @param waitNanos how long each wait for more records may take
   */
  ScanCursor(ReadPath path, String namespace, Scan scan, ReadTerms terms, long waitNanos) {
    this.path = path;
    this.terms = terms;
    this.waitNanos = waitNanos;
    this.progress = new ScanProgress(namespace, scan, terms);
    this.failures = new ScanFailures(path, progress, terms);
    this.records = new RecordFetch(progress::isDone, this::fetch, this::close);
    path.calls().live().begin(live);
  }

  /**
   * Whether there is another record. Waits for it.
   *
   * @throws ByssusClientException where the scan cannot go on
   * @throws IllegalStateException where the cursor is closed and has records left to fetch
   */
  @Override
  public boolean hasNext() {
    return records.hasNext();
  }

  @Override
  public StoredRecord next() {
    return records.next();
  }

  /** This cursor: it can be gone through once. */
  @Override
  public Iterator<StoredRecord> iterator() {
    return this;
  }

  /** The records that are left, as a sequential stream; closing it closes the cursor. */
  public Stream<StoredRecord> stream() {
    int characteristics = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.DISTINCT;
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(iterator(), characteristics), false)
        .onClose(this::close);
  }

  /**
   * Where another scan goes on after the last record; empty where there is none.
   *
   * @throws IllegalStateException while the cursor has records left
   */
  public Optional<PageToken> nextPage() {
    if (records.hasFetched() || !progress.isDone()) {
      throw new IllegalStateException("the cursor has records left");
    }
    return progress.nextPage();
  }

  /** Ends the scan and its call. A second time it does nothing. */
  @Override
  public void close() {
    closed.countDown();
    path.calls().live().end(live);
    ScanStream<ScanRequest, ScanResponse> running = stream;
    if (running != null) {
      running.stop();
    }
  }

  /** The next piece; empty where the scan turned out to be at its end. */
  private List<StoredRecord> fetch() throws InterruptedException {
    long deadline = path.calls().now() + waitNanos;
    Backoff backoff = path.calls().backoff();
    while (!progress.isDone()) {
      requireOpen();
      if (stream == null) {
        CallFailure failure = open(deadline);
        if (failure != null) {
          waitOrThrow(failure, backoff, deadline);
          continue;
        }
      }
      ScanStream.Event<ScanRequest, ScanResponse> event =
          events.poll(patience(deadline), TimeUnit.NANOSECONDS);
      if (event != null && event.piece() != null) {
        if (failures.fromAnotherShard(view, event.piece())) {
          stream.stop();
          stream = null;
          continue;
        }
        stream.took();
        return progress.take(event.piece());
      }
      ScanStream<ScanRequest, ScanResponse> over = stream;
      stream = null;
      over.stop();
      waitOrThrow(whyOver(event), backoff, deadline);
    }
    return List.of();
  }

  /**
   * Why a stream brings no more pieces, though the scan is not at its end.
   *
   * @param event its end; null where it was silent for too long
   */
  private static CallFailure whyOver(ScanStream.Event<ScanRequest, ScanResponse> event) {
    if (event == null) {
      return CallFailure.local(ErrorCode.DEADLINE_PASSED, "no records came before the deadline");
    }
    return event.failure() == null ? CallFailure.endedEarly() : event.failure();
  }

  /** How long a dispatcher may be silent before another is tried. */
  private long patience(long deadline) {
    long now = path.calls().now();
    return path.calls().attemptDeadline(now, deadline) - now;
  }

  /** Opens a stream after the records that have come; a failure where that cannot be done. */
  private CallFailure open(long deadline) throws InterruptedException {
    ReadPath.Awaited found =
        path.awaitView(
            progress.namespace(),
            terms.withDeadline(deadline),
            List.of(progress.partitionKey()),
            waitNanos);
    if (found.failure() != null) {
      return found.failure();
    }
    view = found.view();
    long now = path.calls().now();
    dispatcher = path.calls().pickForRead(dispatcher, KvServiceGrpc.getScanMethod());
    events = new LinkedBlockingQueue<>();
    ScanStream<ScanRequest, ScanResponse> opening =
        new ScanStream<>(dispatcher, KvServiceGrpc.getScanMethod(), events::add);
    stream = opening;
    opening.open(progress.request(view), terms.tag(), now);
    if (closed.getCount() == 0) {
      opening.stop();
    }
    return null;
  }

  private void waitOrThrow(CallFailure failure, Backoff backoff, long deadline)
      throws InterruptedException {
    requireOpen();
    long delay = path.calls().delay(backoff, dispatcher, failure);
    if (!failures.retryable(view, failure) || path.calls().now() + delay - deadline >= 0) {
      throw failures.exception(view, failure);
    }
    if (closed.await(delay, TimeUnit.NANOSECONDS)) {
      requireOpen();
    }
  }

  private void requireOpen() {
    if (closed.getCount() == 0) {
      throw new IllegalStateException("the cursor or its client is closed");
    }
  }
}
