package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.client.calls.CallFailure;
import io.byssus.client.calls.Calls;
import io.byssus.client.calls.NamespaceDirectory;
import io.byssus.client.calls.ResolvedNamespace;
import io.byssus.client.calls.RetriedCall;
import io.byssus.model.ErrorCode;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * What the reads of a client share.
 *
 * @param calls how attempts are made
 * @param directory finds namespaces
 */
record ReadPath(Calls calls, NamespaceDirectory directory) {
  /** How often a read begins anew because what the client knew turned out to be old. */
  static final int MAX_STARTS = 4;

  /**
   * Finds what a read of these partition keys must have seen, asking the cluster only where the
   * session has something; one of the two is called, once.
   */
  void view(
      String namespace,
      ReadTerms terms,
      Collection<ByteString> partitionKeys,
      Consumer<SessionView> found,
      Consumer<CallFailure> failed) {
    if (terms.needsToken()) {
      resolvedView(namespace, terms, partitionKeys, found, failed);
    } else {
      found.accept(SessionView.NONE);
    }
  }

  /** As {@link #view}; the view always has its namespace. */
  void resolvedView(
      String namespace,
      ReadTerms terms,
      Collection<ByteString> partitionKeys,
      Consumer<SessionView> found,
      Consumer<CallFailure> failed) {
    directory.resolve(
        namespace,
        terms.requestId(),
        terms.deadline(),
        new RetriedCall.Outcome<>() {
          @Override
          public void answered(ResolvedNamespace resolved) {
            found.accept(SessionView.of(terms, resolved, partitionKeys));
          }

          @Override
          public void failed(CallFailure failure) {
            failed.accept(failure);
          }
        });
  }

  /**
   * A view that was waited for.
   *
   * @param view null where it could not be found
   * @param failure why; null where it was
   */
  record Awaited(SessionView view, CallFailure failure) {}

  /** Waits for {@link #view}, this long at the most. */
  Awaited awaitView(
      String namespace, ReadTerms terms, Collection<ByteString> partitionKeys, long nanos)
      throws InterruptedException {
    return terms.needsToken()
        ? awaitResolvedView(namespace, terms, partitionKeys, nanos)
        : new Awaited(SessionView.NONE, null);
  }

  /** Waits for {@link #resolvedView}, this long at the most. */
  Awaited awaitResolvedView(
      String namespace, ReadTerms terms, Collection<ByteString> partitionKeys, long nanos)
      throws InterruptedException {
    CompletableFuture<Awaited> found = new CompletableFuture<>();
    resolvedView(
        namespace,
        terms,
        partitionKeys,
        view -> found.complete(new Awaited(view, null)),
        failure -> found.complete(new Awaited(null, failure)));
    try {
      return found.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return new Awaited(
          null,
          CallFailure.local(ErrorCode.DEADLINE_PASSED, "the namespace was not resolved in time"));
    } catch (ExecutionException e) {
      throw new IllegalStateException("a namespace's view never fails this way", e);
    }
  }
}
