package io.byssus.bench.ceilings;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/** Calls an {@link EchoServerMain} over one connection; callbacks run on gRPC's event loop. */
public final class EchoClient implements AutoCloseable {
  private final ManagedChannel channel;

  /** A client of a port on loopback. */
  public EchoClient(int port) {
    this.channel = BytesCalls.channel(port);
  }

  /**
   * Sends a message by a call of its own.
   *
   * @param done told null when it has come back, else what went wrong
   */
  public void call(byte[] message, Consumer<Throwable> done) {
    BytesCalls.unary(channel, Echo.UNARY, message, done);
  }

  /** Begins a stream, for many messages. */
  public EchoStream stream() {
    return new EchoStream(channel);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  /** Messages over one call; they come back in their order. Thread-safe. */
  public static final class EchoStream {
    private final Queue<Consumer<Throwable>> open = new ArrayDeque<>();
    private final StreamObserver<byte[]> requests;

    private EchoStream(ManagedChannel channel) {
      this.requests =
          ClientCalls.asyncBidiStreamingCall(
              channel.newCall(Echo.STREAM, CallOptions.DEFAULT), new Answers());
    }

    /** Sends a message; {@code done} as with {@link EchoClient#call}. */
    public void send(byte[] message, Consumer<Throwable> done) {
      synchronized (open) {
        open.add(done);
        requests.onNext(message);
      }
    }

    private final class Answers implements StreamObserver<byte[]> {
      @Override
      public void onNext(byte[] answer) {
        Consumer<Throwable> first;
        synchronized (open) {
          first = open.remove();
        }
        first.accept(null);
      }

      @Override
      public void onError(Throwable failure) {
        while (true) {
          Consumer<Throwable> next;
          synchronized (open) {
            next = open.poll();
          }
          if (next == null) {
            return;
          }
          next.accept(failure);
        }
      }

      @Override
      public void onCompleted() {
        // After the last answer.
      }
    }
  }
}
