package io.byssus.bench.ceilings;

import io.grpc.ManagedChannel;
import java.util.function.Consumer;

/** Asks a {@link StreamsServerMain} over one connection; callbacks run on gRPC's event loop. */
public final class StreamsClient implements AutoCloseable {
  private final ManagedChannel channel;

  /** A client of a port on loopback. */
  public StreamsClient(int port) {
    this.channel = BytesCalls.channel(port);
  }

  /**
   * Reads a record.
   *
   * @param done told null when it is there, else what went wrong: also that there is none
   */
  public void get(byte[] key, Consumer<Throwable> done) {
    BytesCalls.unary(channel, StreamsReads.GET, key, done);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
