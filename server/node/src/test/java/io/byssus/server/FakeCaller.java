package io.byssus.server;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;

/** The caller of a stream, which takes as many messages as the test gives it room for. */
final class FakeCaller<T> extends ServerCallStreamObserver<T> {
  final List<T> taken = new ArrayList<>();
  Throwable failure;
  boolean completed;
  private long room;
  private boolean cancelled;
  private Runnable onReady = () -> {};
  private Runnable onCancel = () -> {};

  /** Makes room for more messages, and says so. */
  void give(long messages) {
    room += messages;
    onReady.run();
  }

  void cancel() {
    cancelled = true;
    onCancel.run();
  }

  @Override
  public boolean isReady() {
    return room > 0 && !cancelled;
  }

  @Override
  public void onNext(T message) {
    if (completed || failure != null) {
      throw new IllegalStateException("the stream is over");
    }
    room--;
    taken.add(message);
  }

  @Override
  public void onError(Throwable cause) {
    failure = cause;
  }

  @Override
  public void onCompleted() {
    completed = true;
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {
    onCancel = handler;
  }

  @Override
  public void setOnReadyHandler(Runnable handler) {
    onReady = handler;
  }

  @Override
  public void setCompression(String compression) {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void request(int count) {}

  @Override
  public void setMessageCompression(boolean enable) {}
}
