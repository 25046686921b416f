package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.client.calls.CallFailure;

/** What a client of production keeps of what it was told, put together for the simulation. */
public final class ClientSeat {
  private final Session session = new Session();

  /** The name of a record. */
  public static Key key(ByteString partitionKey, ByteString sortKey) {
    return Key.of(partitionKey, sortKey);
  }

  /** See {@link Session#saw}. */
  public void saw(int shard, long position) {
    session.saw(shard, position);
  }

  /** What the session holds of a shard. */
  public long token(int shard) {
    return session.packed(shard);
  }

  /** What a failed attempt means for the next. */
  public record Verdict(
      boolean retryable, boolean maybeHandedOver, boolean needsNewStamp, boolean stale) {}

  /** See {@link CallFailure}. */
  public static Verdict verdict(Throwable failure) {
    CallFailure call = CallFailure.of(failure, true);
    return new Verdict(
        call.retryable(), call.maybeHandedOver(), call.needsNewStamp(), call.knowledgeIsStale());
  }
}
