package io.byssus.client;

import io.byssus.client.MultiGetResult.KeyResult;
import io.byssus.client.calls.CallFailure;
import io.byssus.model.ErrorCode;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** One answer of a dispatcher to a multi-get, taken apart. Notes what was seen in the session. */
final class MultiGetAnswer {
  private final io.byssus.proto.kv.v1.MultiGetResponse response;
  private final SessionView view;
  private final ReadTerms terms;
  private final Map<Integer, ReadContext> contexts = new HashMap<>();

  /** Shards whose position this answer was the first to refuse: their keys fail, once. */
  private final Set<Integer> lost = new HashSet<>();

  private boolean progressed;
  private boolean namespaceIsStale;

  /**
   * What became of one key.
   *
   * @param result with the failure, where {@code again} is set
   * @param again why the key has to be asked for again; null where it need not
   */
  record OfKey(KeyResult result, CallFailure again) {}

  MultiGetAnswer(
      io.byssus.proto.kv.v1.MultiGetResponse response, SessionView view, ReadTerms terms) {
    this.response = response;
    this.view = view;
    this.terms = terms;
    for (io.byssus.proto.kv.v1.ReadContext context : response.getContextsList()) {
      contexts.put(context.getShard(), ReadContext.of(context));
      terms.session().saw(context.getShard(), context.getPosition());
    }
  }

  /** What became of the key at this place of the request. */
  OfKey ofKey(int place, Key key) {
    io.byssus.proto.kv.v1.KeyResult result = response.getResults(place);
    int shard = view.namespace().shard(key.partition());
    ReadContext context = contexts.get(shard);
    if (context == null && !result.hasError()) {
      // That another shard has no such record says nothing about this one's.
      namespaceIsStale = true;
      return failed(key, shard, CallFailure.local(ErrorCode.NO_REPLICA, "shards changed"));
    }
    switch (result.getOutcomeCase()) {
      case RECORD:
        progressed = true;
        return new OfKey(
            new KeyResult(key, StoredRecord.of(key, result.getRecord(), context), null), null);
      case ABSENT:
        progressed = true;
        return new OfKey(new KeyResult(key, null, null), null);
      default:
        return failed(
            key,
            shard,
            CallFailure.ofPart(
                result.getError().getReason(), result.getError().getMessage(), Duration.ZERO));
    }
  }

  /** Whether any key has its record or is known to be absent. */
  boolean progressed() {
    return progressed;
  }

  /** Whether the answer came from other shards than the client expected. */
  boolean namespaceIsStale() {
    return namespaceIsStale;
  }

  private OfKey failed(Key key, int shard, CallFailure failure) {
    if (failure.code() == ErrorCode.SESSION_LOST) {
      boolean first = lost.contains(shard) || view.drop(terms.session(), shard);
      if (first) {
        lost.add(shard);
      }
      ByssusClientException exception = Failures.sessionLost(shard, failure, terms.requestId());
      return new OfKey(new KeyResult(key, null, exception), first ? null : failure);
    }
    ByssusClientException exception = Failures.read(failure, terms.requestId());
    return new OfKey(new KeyResult(key, null, exception), failure.retryable() ? failure : null);
  }
}
