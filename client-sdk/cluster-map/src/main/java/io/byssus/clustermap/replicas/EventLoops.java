package io.byssus.clustermap.replicas;

import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that do the I/O of connections, each connection on one of them.
 *
 * <p>A connection that is made here has everything of its calls on its own loop. Left to itself,
 * gRPC keeps the deadline of each call on any loop, and wakes that loop for it: twice a call, which
 * costs as much as a tenth of it.
 */
public final class EventLoops implements AutoCloseable {
  private static final boolean EPOLL = Epoll.isAvailable();

  private final EventLoopGroup group;
  private final List<EventLoop> loops = new ArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();

  /**
   * Loops without connections.
   *
   * @param name how the threads are called
   * @param count how many there are: 1 and up
   */
  public EventLoops(String name, int count) {
    group =
        new MultiThreadIoEventLoopGroup(
            count,
            new DefaultThreadFactory(name, true),
            EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    for (int i = 0; i < count; i++) {
      loops.add(group.next());
    }
  }

  /** All of them, for who listens. */
  public EventLoopGroup group() {
    return group;
  }

  /** What listens on {@link #group()}. */
  public Class<? extends ServerChannel> serverChannelType() {
    return EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  /** The loop that this thread is; where it is none, any, in turn. */
  public EventLoop here() {
    for (EventLoop loop : loops) {
      if (loop.inEventLoop()) {
        return loop;
      }
    }
    return next();
  }

  private EventLoop next() {
    return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
  }

  /** Begins a connection, without TLS, on any of the loops. */
  public ManagedChannelBuilder<?> channel(String target) {
    return channel(target, next());
  }

  /** The same on a certain loop. */
  static ManagedChannelBuilder<?> channel(String target, EventLoop loop) {
    return NettyChannelBuilder.forTarget(target)
        .usePlaintext()
        .eventLoopGroup(loop)
        .channelType(EPOLL ? EpollSocketChannel.class : NioSocketChannel.class);
  }

  /**
   * Ends the threads once nothing has come to them for a second; to be closed after the
   * connections. Not at once: who cancels a call that its connection ends at the same moment would
   * be refused.
   */
  @Override
  public void close() {
    group.shutdownGracefully(1, 5, TimeUnit.SECONDS);
  }
}
