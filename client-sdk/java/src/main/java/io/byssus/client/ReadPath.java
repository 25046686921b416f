package io.byssus.client;

import com.google.protobuf.ByteString;
import java.util.Collection;
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
}
