package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The read of one record. */
final class GetCall {
  private final ReadPath path;
  private final String namespace;
  private final Key key;
  private final ReadTerms terms;
  private final CompletableFuture<Optional<StoredRecord>> result = new CompletableFuture<>();

  /** Only ever changed by the one step that runs. */
  private int starts;

  GetCall(ReadPath path, String namespace, Key key, ReadTerms terms) {
    this.path = path;
    this.namespace = namespace;
    this.key = key;
    this.terms = terms;
  }

  /** Begins the call. The result is completed on a thread that must not block. */
  CompletableFuture<Optional<StoredRecord>> start() {
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
    GetRequest request =
        GetRequest.newBuilder()
            .setNamespace(namespace)
            .setKey(WriteRequest.toProto(key))
            .setOptions(view.options(terms))
            .build();
    RetriedCall<GetRequest, GetResponse> call =
        new RetriedCall<>(
            path.calls(),
            KvServiceGrpc.getGetMethod(),
            () -> request,
            terms.requestId(),
            terms.deadline(),
            CallFailure::retryable,
            new RetriedCall.Outcome<>() {
              @Override
              public void answered(GetResponse answer) {
                GetCall.this.answered(view, answer);
              }

              @Override
              public void failed(CallFailure failure) {
                GetCall.this.failed(view, failure);
              }
            });
    Cancellations.passOn(result, call);
    call.start();
  }

  private void answered(SessionView view, GetResponse answer) {
    ReadContext context = ReadContext.of(answer.getContext());
    if (!view.expected(key.partition(), context.shard()) && starts < ReadPath.MAX_STARTS) {
      path.directory().drop(namespace, view.namespace());
      begin();
      return;
    }
    terms.session().saw(context.shard(), context.position());
    result.complete(
        answer.hasRecord()
            ? Optional.of(
                new StoredRecord(
                    key, answer.getRecord().getValue(), answer.getRecord().getVersion(), context))
            : Optional.empty());
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
    if (view.drop(terms.session(), shard) || starts >= ReadPath.MAX_STARTS) {
      result.completeExceptionally(Failures.sessionLost(shard, failure, terms.requestId()));
    } else {
      // Another call has raised it already, or the session has moved on since.
      begin();
    }
  }
}
