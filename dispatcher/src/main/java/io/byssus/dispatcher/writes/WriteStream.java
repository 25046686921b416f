package io.byssus.dispatcher.writes;

import io.byssus.dispatcher.calls.CallDeadline;
import io.byssus.dispatcher.calls.NamespaceResolver;
import io.byssus.model.ByssusException;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.kv.v1.StreamedWrite;
import io.byssus.proto.kv.v1.WriteStreamOpen;
import io.byssus.proto.kv.v1.WriteStreamOpened;
import io.byssus.proto.kv.v1.WriteStreamRequest;
import io.byssus.proto.kv.v1.WriteStreamResponse;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One stream of writes: opens it, keeps its window, ends it.
 *
 * <p>The window counts every write from its coming until its result has been sent. The next message
 * is asked of gRPC only while there is room, so that a caller that sends more than it was told, or
 * reads no results, is held back by its connection, and costs this process no more than the window
 * and one message.
 */
final class WriteStream implements StreamObserver<WriteStreamRequest> {
  /** How many writes of a stream may be without a result: enough for good batches in each shard. */
  static final int WINDOW_WRITES = 16_384;

  /** How many bytes they may hold: two of the largest batches. */
  static final long WINDOW_BYTES = 8L * 1024 * 1024;

  private final WriteParts parts;
  private final ServerCallStreamObserver<WriteStreamResponse> caller;
  private final Consumer<WriteStream> gone;
  private final StreamResults results;
  private final Context context = Context.current();
  private boolean opening;
  private long lastNumber;
  private boolean numbered;
  private volatile StreamWrites writes;

  private final Object lock = new Object();
  private int heldWrites;
  private long heldBytes;
  private boolean asked;
  private boolean over;
  private Optional<Ending> ending = Optional.empty();

  /** Why no more writes are taken; no error: the caller has sent its last. */
  private record Ending(Optional<ByssusException> error) {}

  /**
   * A stream that waits to be opened. To be made while the call is being set up.
   *
   * @param gone told once, when the stream has ended in whichever way
   */
  WriteStream(
      WriteParts parts,
      ServerCallStreamObserver<WriteStreamResponse> caller,
      Consumer<WriteStream> gone) {
    this.parts = parts;
    this.caller = caller;
    this.gone = gone;
    this.results = new StreamResults(caller, parts.sendings(), this::sent);
    caller.disableAutoRequest();
    caller.setOnReadyHandler(results::send);
    caller.setOnCancelHandler(this::free);
    caller.setOnCloseHandler(this::free);
  }

  /** Asks for the first message. */
  void start() {
    askForMore();
  }

  @Override
  public void onNext(WriteStreamRequest message) {
    synchronized (lock) {
      asked = false;
      if (ending.isPresent() || over) {
        return;
      }
    }
    try {
      if (opening) {
        if (message.hasOpen()) {
          throw ByssusException.invalid("open", "stands in a message after the first");
        }
        take(message.getWritesList());
        askForMore();
      } else {
        if (!message.hasOpen()) {
          throw ByssusException.invalid("open", "is missing in the first message");
        }
        opening = true;
        open(message);
      }
    } catch (RuntimeException e) {
      end(Optional.of(WriteAnswers.error(e)));
    }
  }

  private void open(WriteStreamRequest first) {
    WriteStreamOpen open = first.getOpen();
    WriteChecks.check(open);
    // Holds the stream open until it is known whether it opens.
    hold(1);
    parts
        .namespaces()
        .resolve(open.getNamespace(), CallDeadline.of(context, parts.nanoTime()))
        .thenAccept(namespace -> context.run(() -> opened(first, namespace)))
        .whenComplete(
            (opened, failure) -> {
              if (failure != null) {
                end(Optional.of(WriteAnswers.error(failure)));
              }
              hold(-1);
              askForMore();
              endIfIdle();
            });
  }

  private void opened(WriteStreamRequest first, NamespaceEntry namespace) {
    NamespaceResolver.checkId(namespace, first.getOpen().getNamespaceId());
    int namespaceId = namespace.getRules().getNamespaceId();
    int shardCount = WriteRouter.shardCount(parts.router().image());
    writes = new StreamWrites(parts, first.getOpen(), namespaceId, results);
    results.opened(
        WriteStreamOpened.newBuilder()
            .setWindowWrites(WINDOW_WRITES)
            .setWindowBytes(WINDOW_BYTES)
            .setNamespaceId(namespaceId)
            .setShardCount(shardCount)
            .setDispatcherTimeMs(parts.clock().millis())
            .build());
    take(first.getWritesList());
  }

  private void hold(int more) {
    synchronized (lock) {
      heldWrites += over ? 0 : more;
    }
  }

  private void take(List<StreamedWrite> message) {
    if (message.size() > WINDOW_WRITES) {
      throw ByssusException.invalid(
          "writes", "are " + message.size() + "; the limit is the window of " + WINDOW_WRITES);
    }
    long bytes = 0;
    for (StreamedWrite write : message) {
      if (numbered && Long.compareUnsigned(write.getNumber(), lastNumber) <= 0) {
        throw ByssusException.invalid(
            "writes.number",
            "is "
                + Long.toUnsignedString(write.getNumber())
                + " after "
                + Long.toUnsignedString(lastNumber)
                + "; each must be above those before");
      }
      numbered = true;
      lastNumber = write.getNumber();
      bytes += OpenWrite.bytes(write);
    }
    Optional<ByssusException> refusal = Optional.empty();
    synchronized (lock) {
      if (over) {
        return;
      }
      heldWrites += message.size();
      try {
        parts.budget().take(bytes);
        heldBytes += bytes;
      } catch (ByssusException e) {
        refusal = Optional.of(e);
      }
    }
    if (refusal.isPresent()) {
      for (StreamedWrite write : message) {
        results.add(WriteAnswers.failed(write.getNumber(), refusal.get()), 0);
      }
    } else if (!message.isEmpty()) {
      writes.take(message);
    }
  }

  private void askForMore() {
    synchronized (lock) {
      boolean room = heldWrites < WINDOW_WRITES && heldBytes < WINDOW_BYTES;
      if (asked || over || ending.isPresent() || !room) {
        return;
      }
      asked = true;
    }
    caller.request(1);
  }

  private void sent(int count, long bytes) {
    synchronized (lock) {
      if (over) {
        return;
      }
      heldWrites -= count;
      heldBytes -= bytes;
      parts.budget().giveBack(bytes);
    }
    askForMore();
    endIfIdle();
  }

  /** Takes no more writes, and ends the stream when those under way have their results. */
  void end(Optional<ByssusException> error) {
    synchronized (lock) {
      if (ending.isEmpty()) {
        ending = Optional.of(new Ending(error));
      }
    }
    endIfIdle();
  }

  private void endIfIdle() {
    Optional<Ending> now;
    synchronized (lock) {
      now = heldWrites == 0 ? ending : Optional.empty();
    }
    now.ifPresent(idle -> results.end(idle.error));
  }

  /** Gives up what is under way for too long. */
  void sweep() {
    StreamWrites open = writes;
    if (open != null) {
      open.sweep();
    }
  }

  /** The stream is over, in whichever way: nothing of it is held any more. */
  private void free() {
    synchronized (lock) {
      if (over) {
        return;
      }
      over = true;
      parts.budget().giveBack(heldBytes);
      heldBytes = 0;
      heldWrites = 0;
    }
    results.drop();
    StreamWrites open = writes;
    if (open != null) {
      open.drop();
    }
    gone.accept(this);
  }

  /** The caller has gone. */
  @Override
  public void onError(Throwable failure) {
    free();
  }

  /** The caller has sent its last write. */
  @Override
  public void onCompleted() {
    end(
        opening
            ? Optional.empty()
            : Optional.of(
                ByssusException.invalid("open", "is missing: the stream was never opened")));
  }
}
