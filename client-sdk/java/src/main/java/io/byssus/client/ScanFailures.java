package io.byssus.client;

import io.byssus.client.calls.CallFailure;
import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.ScanResponse;

/** Decides what the failure of a scan's stream means. Not safe for several threads at once. */
final class ScanFailures {
  private final ReadPath path;
  private final ScanProgress progress;
  private final ReadTerms terms;
  private int restarts;

  /** What last went wrong since a piece was taken; null for nothing. */
  private CallFailure earlier;

  ScanFailures(ReadPath path, ScanProgress progress, ReadTerms terms) {
    this.path = path;
    this.progress = progress;
    this.terms = terms;
  }

  /** Whether the scan can go on after a wait. */
  boolean retryable(SessionView view, CallFailure failure) {
    earlier = failure.orEarlier(earlier);
    if (failure.code() == ErrorCode.SESSION_LOST && restarts++ < ReadPath.MAX_STARTS) {
      // Where another call has raised it, this one goes on without the position it had sent.
      return !view.positions().isEmpty() && !view.drop(terms.session(), shard(view));
    }
    if (failure.knowledgeIsStale() && view.namespace() != null) {
      path.directory().drop(progress.namespace(), view.namespace());
    }
    return failure.retryable();
  }

  /**
   * Whether a piece is of another shard than was expected, so that the scan is to go on before it
   * with newer knowledge of the namespace. The knowledge is only renewed so often. A piece that is
   * not is taken: what went wrong before it is over.
   */
  boolean fromAnotherShard(SessionView view, ScanResponse piece) {
    if (view.expected(progress.partitionKey(), piece.getContext().getShard())
        || restarts >= ReadPath.MAX_STARTS) {
      earlier = null;
      return false;
    }
    restarts++;
    path.directory().drop(progress.namespace(), view.namespace());
    return true;
  }

  /** What the scan ends with. */
  ByssusClientException exception(SessionView view, CallFailure last) {
    CallFailure failure = last.orEarlier(earlier);
    return failure.code() == ErrorCode.SESSION_LOST
        ? Failures.sessionLost(shard(view), failure, terms.requestId())
        : Failures.read(failure, terms.requestId());
  }

  private int shard(SessionView view) {
    return view.namespace() == null ? -1 : view.namespace().shard(progress.partitionKey());
  }
}
