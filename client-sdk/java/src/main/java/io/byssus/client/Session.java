package io.byssus.client;

import io.byssus.model.Position;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

/**
 * What a caller has written and seen: the highest position per shard. {@link Consistency#SESSION}
 * reads of a session see at least that.
 *
 * <p>Every client keeps one of its own, which its calls use unless their options name another. A
 * session can be handed to another process as text: what one process has written, the other reads.
 *
 * <pre>{@code
 * String handed = client.session().export();                       // here
 * Session session = Session.parse(handed);                         // and there
 * other.namespace("places").get(key, ReadOptions.defaults().withConsistency(SESSION)
 *     .withSession(session));
 * }</pre>
 *
 * <p>Safe for use by several threads and clients at once. At most one entry per shard of the
 * cluster. A session belongs to one cluster: positions of another cluster mean nothing in it.
 */
public final class Session {
  private static final byte LAYOUT = 1;
  private static final int ENTRY_BYTES = Integer.BYTES + Long.BYTES;
  private static final int FRAME_BYTES = 1 + Integer.BYTES;

  private final ConcurrentHashMap<Integer, Long> positions = new ConcurrentHashMap<>();

  /** A session that has seen nothing. */
  public Session() {}

  /**
   * The session that {@link #export()} made text of.
   *
   * @throws IllegalArgumentException where the text is damaged or of another kind
   */
  public static Session parse(String text) {
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
    int entries = (bytes.remaining() - FRAME_BYTES) / ENTRY_BYTES;
    if (bytes.remaining() != FRAME_BYTES + entries * ENTRY_BYTES || bytes.get(0) != LAYOUT) {
      throw new IllegalArgumentException("is no session");
    }
    int body = bytes.remaining() - Integer.BYTES;
    if (bytes.getInt(body) != checksum(bytes.array(), body)) {
      throw new IllegalArgumentException("the session's text is damaged");
    }
    Session session = new Session();
    bytes.get();
    for (int i = 0; i < entries; i++) {
      session.saw(bytes.getInt(), bytes.getLong());
    }
    return session;
  }

  /** The session as text that is safe in URLs and headers; 16 characters for each shard, about. */
  public String export() {
    Map<Integer, Long> copy = new TreeMap<>(positions);
    ByteBuffer bytes = ByteBuffer.allocate(FRAME_BYTES + copy.size() * ENTRY_BYTES);
    bytes.put(LAYOUT);
    copy.forEach((shard, position) -> bytes.putInt(shard).putLong(position));
    bytes.putInt(checksum(bytes.array(), bytes.position()));
    byte[] text = Base64.getUrlEncoder().withoutPadding().encode(bytes.array());
    return new String(text, StandardCharsets.US_ASCII);
  }

  /** Takes over what another session has written and seen. */
  public void merge(Session other) {
    other.positions.forEach(this::saw);
  }

  /** The highest position of a shard that was written or seen; empty for none. */
  public Optional<Position> position(int shard) {
    long position = packed(shard);
    return position == Position.NONE ? Optional.empty() : Optional.of(Position.of(position));
  }

  /** The packed form of {@link #position(int)}; {@link Position#NONE} for none. */
  long packed(int shard) {
    return positions.getOrDefault(shard, Position.NONE);
  }

  boolean isEmpty() {
    return positions.isEmpty();
  }

  /** Notes a position that was written or seen. */
  void saw(int shard, long position) {
    if (position == Position.NONE) {
      return;
    }
    Long known = positions.get(shard);
    if (known == null || Long.compareUnsigned(known, position) < 0) {
      positions.merge(shard, position, (a, b) -> Long.compareUnsigned(a, b) < 0 ? b : a);
    }
  }

  /**
   * Drops a position that the cluster refused.
   *
   * @return whether it was still there: false where another call has dropped it before
   */
  boolean lost(int shard, long refused) {
    return positions.remove(shard, refused);
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  @Override
  public String toString() {
    return "Session" + new TreeMap<>(positions).keySet();
  }
}
