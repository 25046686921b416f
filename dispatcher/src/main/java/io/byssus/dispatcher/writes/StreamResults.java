package io.byssus.dispatcher.writes;

import io.byssus.model.ByssusException;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.kv.v1.WriteResult;
import io.byssus.proto.kv.v1.WriteStreamOpened;
import io.byssus.proto.kv.v1.WriteStreamResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a stream of writes is told: whatever results are there when the caller can take more go out
 * together. Holds what the caller does not take; how much that may be, the stream's window decides.
 *
 * <p>Results come from any thread; one task at a time sends them, so that a result costs no hop of
 * its own where many come.
 */
final class StreamResults {
  private static final Logger log = LoggerFactory.getLogger(StreamResults.class);

  /** The results of one message: its size is this much and one result at the most. */
  private static final int MESSAGE_BYTES = 256 * 1024;

  private final ServerCallStreamObserver<WriteStreamResponse> caller;
  private final Executor executor;
  private final Sent sent;
  private final ArrayDeque<Result> waiting = new ArrayDeque<>();
  private WriteStreamOpened opened;
  private Optional<Ending> ending = Optional.empty();
  private boolean sending;
  private boolean over;

  /** How the stream ends; no error: in good order. */
  private record Ending(Optional<ByssusException> error) {}

  private record Result(WriteResult result, int bytes) {}

  /** Is told of results that have gone out. */
  @FunctionalInterface
  interface Sent {
    /**
     * So many results are sent.
     *
     * @param bytes what their writes hold of the window
     */
    void sent(int results, long bytes);
  }

  /**
   * Nothing to tell yet.
   *
   * @param executor where results are sent; its tasks do not block
   */
  StreamResults(
      ServerCallStreamObserver<WriteStreamResponse> caller, Executor executor, Sent sent) {
    this.caller = caller;
    this.executor = executor;
    this.sent = sent;
  }

  /** The stream is open. */
  void opened(WriteStreamOpened message) {
    synchronized (this) {
      opened = message;
    }
    send();
  }

  /**
   * What became of a write.
   *
   * @param bytes what the write holds of the window
   */
  void add(WriteResult result, int bytes) {
    synchronized (this) {
      if (over) {
        return;
      }
      waiting.add(new Result(result, bytes));
      if (waiting.size() > 1) {
        // Those before it are being sent, or go when the caller takes more: so does this one.
        return;
      }
    }
    send();
  }

  /** Ends the stream when what waits has been sent. */
  void end(Optional<ByssusException> error) {
    synchronized (this) {
      ending = ending.isPresent() ? ending : Optional.of(new Ending(error));
    }
    send();
  }

  /** Sends what waits, as far as the caller takes it now. */
  void send() {
    synchronized (this) {
      if (sending || over || !hasWork()) {
        return;
      }
      sending = true;
    }
    try {
      executor.execute(this::sendAll);
    } catch (RejectedExecutionException e) {
      // Only when the process ends, which ends the call too.
      log.debug("Results of a stream come too late", e);
    }
  }

  /** The caller has gone: nothing is sent any more. */
  synchronized void drop() {
    over = true;
    waiting.clear();
  }

  private boolean hasWork() {
    return opened != null
        || !waiting.isEmpty() && caller.isReady()
        || waiting.isEmpty() && ending.isPresent();
  }

  private void sendAll() {
    while (true) {
      WriteStreamResponse.Builder message = WriteStreamResponse.newBuilder();
      long windowBytes = 0;
      synchronized (this) {
        if (over || !hasWork()) {
          sending = false;
          return;
        }
        if (opened != null) {
          message.setOpened(opened);
          opened = null;
        } else {
          int size = 0;
          while (!waiting.isEmpty() && size < MESSAGE_BYTES) {
            Result next = waiting.remove();
            size += next.result.getSerializedSize();
            windowBytes += next.bytes;
            message.addResults(next.result);
          }
        }
        over = !message.hasOpened() && message.getResultsCount() == 0;
      }
      try {
        if (message.hasOpened() || message.getResultsCount() > 0) {
          caller.onNext(message.build());
          sent.sent(message.getResultsCount(), windowBytes);
        } else {
          close();
        }
      } catch (IllegalStateException | StatusRuntimeException e) {
        log.debug("The caller of a stream has gone", e);
        drop();
      }
    }
  }

  private void close() {
    Optional<ByssusException> error = ending.flatMap(Ending::error);
    if (error.isPresent()) {
      caller.onError(GrpcErrors.toGrpc(error.get()));
    } else {
      caller.onCompleted();
    }
  }
}
