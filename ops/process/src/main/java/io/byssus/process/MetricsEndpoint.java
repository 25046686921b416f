package io.byssus.process;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process' HTTP port: {@code GET /metrics} for Prometheus, {@code GET /healthz} which answers 200
 * while the process serves and 503 with the reason while it does not.
 *
 * <p>One thread, at most 64 connections, of which the one that has been silent longest gives way to
 * another, requests of at most 4 KiB, half a minute of silence: of the client that asks nothing,
 * and takes nothing of an answer.
 */
public final class MetricsEndpoint implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MetricsEndpoint.class);
  static final int MOST_CONNECTIONS = 64;
  private static final int MOST_REQUEST_BYTES = 4 << 10;
  private static final int SILENCE_SECONDS = 30;

  private final HostPort address;
  private final Channel channel;
  private final EventLoopGroup thread;

  private MetricsEndpoint(HostPort address, Channel channel, EventLoopGroup thread) {
    this.address = address;
    this.channel = channel;
    this.thread = thread;
  }

  /**
   * Binds the port and serves; port 0 takes any free one.
   *
   * @throws IOException if the port is taken or the address is not this machine's
   */
  public static MetricsEndpoint start(HostPort listen, ProcessMetrics metrics, Readiness readiness)
      throws IOException {
    var thread =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("metrics-http", true), NioIoHandler.newFactory());
    var connections = new OpenConnections(MOST_CONNECTIONS);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(thread)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel connection) {
                    admit(connection, connections, metrics, readiness);
                  }
                })
            .bind(listen.toSocketAddress())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      end(thread);
      throw new IOException(
          "cannot listen on " + listen + ": " + bound.cause().getMessage(), bound.cause());
    }
    int port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
    var address = listen.withPort(port);
    log.info("metrics listening address={}", address);
    return new MetricsEndpoint(address, bound.channel(), thread);
  }

  /** Where it listens, with the real port. */
  public HostPort address() {
    return address;
  }

  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
    end(thread);
  }

  private static void admit(
      SocketChannel connection,
      OpenConnections connections,
      ProcessMetrics metrics,
      Readiness readiness) {
    connections.opened(connection);
    connection
        .pipeline()
        .addLast(new IdleStateHandler(true, 0, 0, SILENCE_SECONDS, TimeUnit.SECONDS))
        .addLast(new HttpServerCodec())
        .addLast(new HttpObjectAggregator(MOST_REQUEST_BYTES))
        .addLast(new MetricsHandler(metrics::scrape, readiness, connections));
  }

  private static void end(EventLoopGroup thread) {
    thread.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
