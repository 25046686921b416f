package io.byssus.client.calls;

import io.grpc.MethodDescriptor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One stream of pieces from one dispatcher, for a reader that takes them one by one. At most {@link
 * #AHEAD} pieces are here or on their way before the reader takes one: a slow reader slows the
 * server.
 */
public final class ScanStream<Q, R> implements Attempt.Listener<R> {
  /** One that the reader will take next, one that comes meanwhile. A piece has at most 4 MiB. */
  public static final int AHEAD = 2;

  /**
   * How long a stream lives before it is opened anew after its last piece, so that none is
   * forgotten on a server.
   */
  private static final long LIFE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Attempt<Q, R> attempt;
  private final Consumer<Event<Q, R>> events;

  /**
   * What comes of a stream.
   *
   * @param stream the stream
   * @param piece a piece; null at the end
   * @param failure at the end; null where it is a good one
   */
  public record Event<Q, R>(ScanStream<Q, R> stream, R piece, CallFailure failure) {}

  /**
   * @param events takes what comes, at most {@link #AHEAD} pieces and one end; must not block
   */
  public ScanStream(
      Dispatcher dispatcher, MethodDescriptor<Q, R> method, Consumer<Event<Q, R>> events) {
    this.attempt = new Attempt<>(dispatcher, method, this);
    this.events = events;
  }

  public void open(Q request, CallTag tag, long now) {
    attempt.start(request, tag, now, now + LIFE_NANOS, AHEAD);
  }

  /** The reader has taken a piece: another may come. */
  public void took() {
    attempt.request(1);
  }

  public void stop() {
    attempt.stop();
  }

  @Override
  public void message(R piece) {
    events.accept(new Event<>(this, piece, null));
  }

  @Override
  public void ended(CallFailure failure) {
    events.accept(new Event<>(this, null, failure));
  }
}
