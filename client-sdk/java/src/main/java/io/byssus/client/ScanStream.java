package io.byssus.client;

import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanResponse;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One stream of a scan on one dispatcher, for a reader that blocks. At most {@link #AHEAD} pieces
 * are here or on their way before the reader takes one: a slow reader slows the server.
 */
final class ScanStream implements Attempt.Listener<ScanResponse> {
  /** One that the reader will take next, one that comes meanwhile. A piece has at most 4 MiB. */
  static final int AHEAD = 2;

  /**
   * How long a stream lives before it is opened anew after its last piece, so that none is
   * forgotten on a server.
   */
  private static final long LIFE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Attempt<ScanRequest, ScanResponse> attempt;
  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private int pieces;

  /**
   * What comes of a stream.
   *
   * @param piece a piece; null at the end
   * @param failure at the end; null where it is a good one
   */
  record Event(ScanResponse piece, CallFailure failure) {}

  ScanStream(Dispatcher dispatcher) {
    this.attempt = new Attempt<>(dispatcher, KvServiceGrpc.getScanMethod(), this);
  }

  void open(ScanRequest request, CallTag tag, long now) {
    attempt.start(request, tag, now, now + LIFE_NANOS, AHEAD);
  }

  /** The next event; null where none comes in time. Asks for another piece for each one taken. */
  Event poll(long nanos) throws InterruptedException {
    Event event = events.poll(nanos, TimeUnit.NANOSECONDS);
    if (event != null && event.piece != null) {
      pieces++;
      attempt.request(1);
    }
    return event;
  }

  /** How many pieces were taken. */
  int pieces() {
    return pieces;
  }

  void stop() {
    attempt.stop();
  }

  @Override
  public void message(ScanResponse piece) {
    events.add(new Event(piece, null));
  }

  @Override
  public void ended(CallFailure failure) {
    events.add(new Event(null, failure));
  }
}
