package io.byssus.client;

import io.byssus.client.calls.Attempt;
import io.byssus.client.calls.Backoff;
import io.byssus.client.calls.CallFailure;
import io.byssus.client.calls.Dispatcher;
import io.byssus.client.calls.LiveCalls;
import io.byssus.client.calls.ScanStream;
import io.byssus.model.Limits;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The read of one page: up to the scan's limit, or until the page holds 4 MiB of values. A page
 * ends with a whole piece, because only pieces tell where to go on.
 */
final class ScanPageCall implements LiveCalls.Call {
  private final ReadPath path;
  private final ReadTerms terms;
  private final ScanProgress progress;
  private final ScanFailures failures;
  private final Backoff backoff;
  private final CompletableFuture<ScanPage> result = new CompletableFuture<>();

  // Only ever changed by the one step that runs.
  private final List<StoredRecord> records = new ArrayList<>();
  private long bytes;

  private volatile Attempt<ScanRequest, ScanResponse> attempt;

  ScanPageCall(ReadPath path, String namespace, Scan scan, ReadTerms terms) {
    this.path = path;
    this.terms = terms;
    this.progress = new ScanProgress(namespace, scan, terms);
    this.failures = new ScanFailures(path, progress, terms);
    this.backoff = path.calls().backoff();
  }

  /** Begins the call. The result is completed on a thread that must not block. */
  CompletableFuture<ScanPage> start() {
    path.calls().live().begin(this);
    result.whenComplete(
        (page, failure) -> {
          path.calls().live().end(this);
          Attempt<ScanRequest, ScanResponse> running = attempt;
          if (running != null) {
            running.stop();
          }
        });
    begin(null);
    return result;
  }

  @Override
  public void abort(CallFailure failure) {
    result.completeExceptionally(Failures.read(failure, terms.requestId()));
  }

  private void begin(Dispatcher last) {
    if (!result.isDone()) {
      path.view(
          progress.namespace(),
          terms,
          List.of(progress.partitionKey()),
          view -> open(view, last),
          failure -> failed(SessionView.NONE, last, failure));
    }
  }

  private void open(SessionView view, Dispatcher last) {
    long now = path.calls().now();
    Dispatcher dispatcher = path.calls().pickForRead(last, KvServiceGrpc.getScanMethod());
    Pieces pieces = new Pieces(view, dispatcher);
    Attempt<ScanRequest, ScanResponse> next =
        new Attempt<>(dispatcher, KvServiceGrpc.getScanMethod(), pieces);
    pieces.attempt = next;
    attempt = next;
    long deadline = path.calls().attemptDeadline(dispatcher, now, terms.deadline());
    next.start(progress.request(view), terms.tag(), now, deadline, ScanStream.AHEAD);
  }

  private final class Pieces implements Attempt.Listener<ScanResponse> {
    private final SessionView view;
    private final Dispatcher dispatcher;
    private Attempt<ScanRequest, ScanResponse> attempt;

    /** It was given up, and another attempt goes on. */
    private boolean over;

    Pieces(SessionView view, Dispatcher dispatcher) {
      this.view = view;
      this.dispatcher = dispatcher;
    }

    @Override
    public void message(ScanResponse piece) {
      if (result.isDone() || over) {
        return;
      }
      if (failures.fromAnotherShard(view, piece)) {
        over = true;
        attempt.stop();
        begin(dispatcher);
        return;
      }
      for (StoredRecord record : progress.take(piece)) {
        records.add(record);
        bytes += record.valueBytes();
      }
      if (progress.isDone() || bytes >= Limits.MAX_RESPONSE_BYTES) {
        complete();
      } else {
        attempt.request(1);
      }
    }

    @Override
    public void ended(CallFailure failure) {
      if (result.isDone() || over) {
        return;
      }
      failed(view, dispatcher, failure == null ? CallFailure.endedEarly() : failure);
    }
  }

  private void complete() {
    result.complete(new ScanPage(records, progress.nextPage()));
  }

  private void failed(SessionView view, Dispatcher last, CallFailure failure) {
    long delay = path.calls().delay(backoff, last, failure);
    if (!failures.retryable(view, failure) || path.calls().now() + delay - terms.deadline() >= 0) {
      result.completeExceptionally(failures.exception(view, failure));
    } else {
      path.calls().later(() -> begin(last), delay);
    }
  }
}
