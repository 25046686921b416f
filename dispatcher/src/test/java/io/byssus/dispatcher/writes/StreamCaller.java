package io.byssus.dispatcher.writes;

import io.byssus.proto.kv.v1.WriteResult;
import io.byssus.proto.kv.v1.WriteStreamResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;

/** The caller of a stream of writes, as the dispatcher sees it, without a network. */
final class StreamCaller extends ServerCallStreamObserver<WriteStreamResponse> {
  final List<WriteStreamResponse> messages = new ArrayList<>();
  volatile boolean ready = true;
  private Runnable onReady = () -> {};

  List<WriteResult> results() {
    return messages.stream().flatMap(message -> message.getResultsList().stream()).toList();
  }

  void becomeReady() {
    ready = true;
    onReady.run();
  }

  @Override
  public boolean isReady() {
    return ready;
  }

  @Override
  public void setOnReadyHandler(Runnable handler) {
    onReady = handler;
  }

  @Override
  public void onNext(WriteStreamResponse message) {
    messages.add(message);
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {}

  @Override
  public void setCompression(String compression) {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void request(int count) {}

  @Override
  public void setMessageCompression(boolean enable) {}

  @Override
  public void onError(Throwable failure) {}

  @Override
  public void onCompleted() {}
}
