package io.byssus.dispatcher.writes;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.WriteStreamRequest;
import io.byssus.proto.kv.v1.WriteStreamResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes streams of writes, sees to it that no write of them waits for ever, and ends them all. */
public final class WriteStreamHost implements AutoCloseable {
  /** Each may hold {@code WriteStream.WINDOW_BYTES}; all together, what the budget allows. */
  public static final int MAX_STREAMS = 1_024;

  private static final Logger log = LoggerFactory.getLogger(WriteStreamHost.class);
  private static final Duration SWEEP = Duration.ofMillis(500);
  private static final Duration END_LIMIT = Duration.ofSeconds(8);

  private final WriteParts parts;
  private final Set<WriteStream> streams = new HashSet<>();
  private boolean stopping;

  /**
   * No stream yet.
   *
   * @param timer where the writes of all streams are looked over now and then
   */
  WriteStreamHost(WriteParts parts, ScheduledExecutorService timer) {
    this.parts = parts;
    timer.scheduleWithFixedDelay(
        this::sweep, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Takes a stream; to be called while the call is being set up.
   *
   * @throws ByssusException SHUTTING_DOWN, OVERLOADED
   */
  public StreamObserver<WriteStreamRequest> open(
      ServerCallStreamObserver<WriteStreamResponse> caller) {
    WriteStream stream = new WriteStream(parts, caller, this::gone);
    synchronized (streams) {
      if (stopping) {
        throw stopping();
      }
      if (streams.size() >= MAX_STREAMS) {
        throw new ByssusException(
            ErrorCode.OVERLOADED, MAX_STREAMS + " streams of writes are open, the most allowed");
      }
      streams.add(stream);
    }
    stream.start();
    return stream;
  }

  /** How many streams are open. */
  int open() {
    synchronized (streams) {
      return streams.size();
    }
  }

  private void gone(WriteStream stream) {
    synchronized (streams) {
      streams.remove(stream);
      streams.notifyAll();
    }
  }

  private void sweep() {
    for (WriteStream stream : all()) {
      try {
        stream.sweep();
      } catch (RuntimeException e) {
        // The next round must come.
        log.error("The writes of a stream could not be looked over", e);
      }
    }
  }

  private List<WriteStream> all() {
    synchronized (streams) {
      return List.copyOf(streams);
    }
  }

  private static ByssusException stopping() {
    return new ByssusException(ErrorCode.SHUTTING_DOWN, "the dispatcher is stopping");
  }

  /** Takes no more writes, and ends the streams when those under way have their results. */
  @Override
  public void close() throws InterruptedException {
    synchronized (streams) {
      stopping = true;
    }
    all().forEach(stream -> stream.end(Optional.of(stopping())));
    long end = System.nanoTime() + END_LIMIT.toNanos();
    synchronized (streams) {
      long left = END_LIMIT.toNanos();
      while (!streams.isEmpty() && left > 0) {
        TimeUnit.NANOSECONDS.timedWait(streams, left);
        left = end - System.nanoTime();
      }
      if (!streams.isEmpty()) {
        log.warn("Streams of writes are cut off by the stop: open={}", streams.size());
      }
    }
  }
}
