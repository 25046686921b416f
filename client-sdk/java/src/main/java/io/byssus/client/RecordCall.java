package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.client.calls.CallFailure;
import io.byssus.client.calls.Cancellations;
import io.byssus.client.calls.RetriedCall;
import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.ListVersionsRequest;
import io.byssus.proto.kv.v1.ListVersionsResponse;
import io.byssus.proto.kv.v1.ReadOptions;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A read about one record: of its content, or of its versions. */
final class RecordCall<Q, R, T> {
  private final ReadPath path;
  private final String namespace;
  private final Key key;
  private final Question<Q, R, T> question;
  private final ReadTerms terms;
  private final CompletableFuture<T> result = new CompletableFuture<>();

  /** Only ever changed by the one step that runs. */
  private int starts;

  /**
   * What is asked about a record.
   *
   * @param method the RPC
   * @param request the RPC's message
   * @param context what an answer is worth
   * @param value what an answer says
   */
  record Question<Q, R, T>(
      MethodDescriptor<Q, R> method,
      Function<ReadOptions, Q> request,
      Function<R, ReadContext> context,
      Function<R, T> value) {

    /**
     * What a record holds.
     *
     * @param atVersion in the newest version that is not above this; 0: in the newest
     */
    static Question<GetRequest, GetResponse, Optional<StoredRecord>> content(
        String namespace, Key key, long atVersion) {
      return new Question<>(
          KvServiceGrpc.getGetMethod(),
          options ->
              GetRequest.newBuilder()
                  .setNamespace(namespace)
                  .setKey(WriteRequest.toProto(key))
                  .setAtVersion(atVersion)
                  .setOptions(options)
                  .build(),
          answer -> ReadContext.of(answer.getContext()),
          answer ->
              answer.hasRecord()
                  ? Optional.of(
                      StoredRecord.of(key, answer.getRecord(), ReadContext.of(answer.getContext())))
                  : Optional.empty());
    }

    /** Which versions a record has. */
    static Question<ListVersionsRequest, ListVersionsResponse, VersionPage> versions(
        String namespace, Key key, VersionQuery query) {
      return new Question<>(
          KvServiceGrpc.getListVersionsMethod(),
          options ->
              ListVersionsRequest.newBuilder()
                  .setNamespace(namespace)
                  .setKey(WriteRequest.toProto(key))
                  .setFromVersion(query.from())
                  .setToVersion(query.to())
                  .setOldestFirst(query.oldestFirst())
                  .setLimit(query.limit())
                  .setPageToken(query.after().map(PageToken::bytes).orElse(ByteString.EMPTY))
                  .setOptions(options)
                  .build(),
          answer -> ReadContext.of(answer.getContext()),
          answer ->
              new VersionPage(
                  answer.getVersionsList().stream().map(RecordVersion::of).toList(),
                  answer.getNextPageToken().isEmpty()
                      ? Optional.empty()
                      : Optional.of(PageToken.of(answer.getNextPageToken()))));
    }
  }

  RecordCall(
      ReadPath path, String namespace, Key key, Question<Q, R, T> question, ReadTerms terms) {
    this.path = path;
    this.namespace = namespace;
    this.key = key;
    this.question = question;
    this.terms = terms;
  }

  /** Begins the call. The result is completed on a thread that must not block. */
  CompletableFuture<T> start() {
    begin();
    return result;
  }

  private void begin() {
    starts++;
    List<ByteString> partitionKey = List.of(key.partition());
    path.view(
        namespace,
        terms,
        partitionKey,
        this::send,
        failure -> result.completeExceptionally(Failures.read(failure, terms.requestId())));
  }

  private void send(SessionView view) {
    Q request = question.request.apply(view.options(terms));
    RetriedCall<Q, R> call =
        new RetriedCall<>(
            path.calls(),
            question.method,
            () -> request,
            terms.tag(),
            terms.deadline(),
            CallFailure::retryable,
            new RetriedCall.Outcome<>() {
              @Override
              public void answered(R answer) {
                RecordCall.this.answered(view, answer);
              }

              @Override
              public void failed(CallFailure failure) {
                RecordCall.this.failed(view, failure);
              }
            });
    Cancellations.passOn(result, call);
    call.start();
  }

  private void answered(SessionView view, R answer) {
    ReadContext context = question.context.apply(answer);
    if (!view.expected(key.partition(), context.shard()) && starts < ReadPath.MAX_STARTS) {
      path.directory().drop(namespace, view.namespace());
      begin();
      return;
    }
    terms.session().saw(context.shard(), context.position());
    result.complete(question.value.apply(answer));
  }

  private void failed(SessionView view, CallFailure failure) {
    if (failure.code() != ErrorCode.SESSION_LOST || view.namespace() == null) {
      if (failure.knowledgeIsStale() && view.namespace() != null) {
        path.directory().drop(namespace, view.namespace());
      }
      result.completeExceptionally(Failures.read(failure, terms.requestId()));
      return;
    }
    int shard = view.namespace().shard(key.partition());
    if (view.positions().isEmpty()
        || view.drop(terms.session(), shard)
        || starts >= ReadPath.MAX_STARTS) {
      result.completeExceptionally(Failures.sessionLost(shard, failure, terms.requestId()));
    } else {
      // Another call has raised it already, or the session has moved on since.
      begin();
    }
  }
}
