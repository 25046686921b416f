package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.client.MultiGetResult.KeyResult;
import io.byssus.client.calls.Backoff;
import io.byssus.client.calls.CallFailure;
import io.byssus.client.calls.Cancellations;
import io.byssus.client.calls.LiveCalls;
import io.byssus.client.calls.RetriedCall;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.MultiGetRequest;
import io.byssus.proto.kv.v1.MultiGetResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * The read of many records: asks for up to 1,000 keys at a time, one request after the other, and
 * again for those that were left over or could not be read, until every key has its result or the
 * deadline has come.
 */
final class MultiGetCall implements LiveCalls.Call {
  private final ReadPath path;
  private final String namespace;
  private final List<Key> keys;
  private final ReadTerms terms;
  private final Backoff backoff;
  private final CompletableFuture<MultiGetResult> result = new CompletableFuture<>();

  // Only ever changed by the one step that runs.

  /**
   * By index; a key that will be asked for again has the failure that it ends with if it is not.
   */
  private final KeyResult[] results;

  /** The indexes of the keys to ask for, or to ask for again. */
  private final ArrayDeque<Integer> open = new ArrayDeque<>();

  private int restarts;

  MultiGetCall(ReadPath path, String namespace, List<Key> keys, ReadTerms terms) {
    this.path = path;
    this.namespace = namespace;
    this.keys = keys;
    this.terms = terms;
    this.backoff = path.calls().backoff();
    this.results = new KeyResult[keys.size()];
    for (int i = 0; i < results.length; i++) {
      open.add(i);
    }
  }

  /** Begins the call. The result is completed on a thread that must not block. */
  CompletableFuture<MultiGetResult> start() {
    path.calls().live().begin(this);
    result.whenComplete((value, failure) -> path.calls().live().end(this));
    ask();
    return result;
  }

  @Override
  public void abort(CallFailure failure) {
    result.completeExceptionally(Failures.read(failure, terms.requestId()));
  }

  private void ask() {
    if (result.isDone()) {
      return;
    }
    if (open.isEmpty()) {
      result.complete(new MultiGetResult(Arrays.asList(results)));
      return;
    }
    List<Integer> asked = new ArrayList<>();
    while (asked.size() < Limits.MAX_MULTI_GET_KEYS && !open.isEmpty()) {
      asked.add(open.poll());
    }
    Set<ByteString> partitionKeys =
        asked.stream().map(index -> keys.get(index).partition()).collect(Collectors.toSet());
    path.resolvedView(
        namespace,
        terms,
        partitionKeys,
        view -> send(asked, view),
        failure -> callFailed(asked, failure));
  }

  private void send(List<Integer> asked, SessionView view) {
    MultiGetRequest.Builder builder =
        MultiGetRequest.newBuilder().setNamespace(namespace).setOptions(view.options(terms));
    asked.forEach(index -> builder.addKeys(WriteRequest.toProto(keys.get(index))));
    MultiGetRequest request = builder.build();
    RetriedCall<MultiGetRequest, MultiGetResponse> call =
        new RetriedCall<>(
            path.calls(),
            KvServiceGrpc.getMultiGetMethod(),
            () -> request,
            terms.tag(),
            terms.deadline(),
            CallFailure::retryable,
            new RetriedCall.Outcome<>() {
              @Override
              public void answered(MultiGetResponse answer) {
                MultiGetCall.this.answered(asked, view, answer);
              }

              @Override
              public void failed(CallFailure failure) {
                callFailed(asked, failure);
              }
            });
    Cancellations.passOn(result, call);
    call.start();
  }

  private void answered(List<Integer> asked, SessionView view, MultiGetResponse response) {
    if (response.getResultsCount() != asked.size()) {
      callFailed(
          asked,
          CallFailure.local(
              ErrorCode.INTERNAL_FAULT,
              asked.size() + " keys were asked for, " + response.getResultsCount() + " answered"));
      return;
    }
    MultiGetAnswer answer = new MultiGetAnswer(response, view, terms);
    CallFailure again = null;
    for (int i = 0; i < asked.size(); i++) {
      int index = asked.get(i);
      MultiGetAnswer.OfKey ofKey = answer.ofKey(i, keys.get(index));
      results[index] = ofKey.result();
      if (ofKey.again() != null) {
        again = ofKey.again();
        open.add(index);
      }
    }
    if (answer.namespaceIsStale()) {
      path.directory().drop(namespace, view.namespace());
      restarts++;
    }
    if (again == null || answer.progressed()) {
      ask();
    } else {
      askLater(again);
    }
  }

  /** Asks again after a wait, or ends with what there is where that would be too late. */
  private void askLater(CallFailure failure) {
    long delay = backoff.next(failure);
    if (path.calls().now() + delay - terms.deadline() < 0 && restarts < ReadPath.MAX_STARTS) {
      path.calls().later(this::ask, delay);
    } else {
      open.clear();
      ask();
    }
  }

  /** A request failed as a whole: so does the call, unless some keys have their results. */
  private void callFailed(List<Integer> asked, CallFailure failure) {
    open.addAll(asked);
    if (open.size() == keys.size() || failure.code() == ErrorCode.NAMESPACE_NOT_FOUND) {
      result.completeExceptionally(Failures.read(failure, terms.requestId()));
      return;
    }
    for (int index : open) {
      // A key that has failed by itself before keeps that failure: it says more.
      if (results[index] == null) {
        results[index] =
            new KeyResult(keys.get(index), null, Failures.read(failure, terms.requestId()));
      }
    }
    open.clear();
    ask();
  }
}
