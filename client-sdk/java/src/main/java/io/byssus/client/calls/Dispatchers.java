package io.byssus.client.calls;

import io.byssus.clustermap.replicas.EventLoops;
import io.byssus.model.Limits;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * The dispatchers of a client, used in turn; those that failed a moment ago only as a last resort.
 */
public final class Dispatchers {
  private final List<Dispatcher> all;
  private final AtomicInteger turn = new AtomicInteger();

  Dispatchers(List<Dispatcher> all) {
    this.all = List.copyOf(all);
  }

  /**
   * Makes the connections, which connect when they are first used.
   *
   * @param loops where the connections live; stay the caller's, to be closed after this
   * @param idleTimeout a connection without calls for this long is closed
   * @param keepAlive how often a silent connection with calls is probed; empty: never
   * @throws IllegalArgumentException where there is no endpoint or one is not host:port
   */
  public static Dispatchers to(
      List<String> endpoints,
      EventLoops loops,
      Duration idleTimeout,
      Optional<Duration> keepAlive,
      String userAgent,
      LongSupplier nanoTime) {
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("at least one endpoint is needed, as in 127.0.0.1:7400");
    }
    endpoints.forEach(Dispatchers::check);
    List<Dispatcher> dispatchers = new ArrayList<>();
    for (String endpoint : endpoints) {
      dispatchers.add(
          new Dispatcher(
              endpoint, connect(endpoint, loops, idleTimeout, keepAlive, userAgent), nanoTime));
    }
    return new Dispatchers(dispatchers);
  }

  private static void check(String endpoint) {
    try {
      URI uri = new URI("//" + endpoint);
      if (uri.getHost() != null
          && uri.getPort() > 0
          && uri.getPort() <= 0xFFFF
          && uri.getUserInfo() == null
          && uri.getPath().isEmpty()) {
        return;
      }
    } catch (URISyntaxException e) {
      // Told below, in the words of the one who wrote the endpoint.
    }
    throw new IllegalArgumentException("an endpoint is host:port, this is '" + endpoint + "'");
  }

  private static ManagedChannel connect(
      String endpoint,
      EventLoops loops,
      Duration idleTimeout,
      Optional<Duration> keepAlive,
      String userAgent) {
    // The brackets of an IPv6 address may not stand in the path of a URI.
    String target = "dns:///" + endpoint.replace("[", "%5B").replace("]", "%5D");
    ManagedChannelBuilder<?> channel =
        loops
            .channel(target)
            .maxInboundMessageSize(Limits.MAX_GRPC_MESSAGE_BYTES)
            .idleTimeout(Durations.nanos(idleTimeout), TimeUnit.NANOSECONDS)
            .userAgent(userAgent)
            // The SDK's own callbacks never block; what users hang on futures runs elsewhere.
            .directExecutor()
            // The SDK repeats calls itself: it alone knows which copies of a write are on their
            // way.
            .disableRetry();
    keepAlive.ifPresent(
        interval -> channel.keepAliveTime(Durations.nanos(interval), TimeUnit.NANOSECONDS));
    return channel.build();
  }

  /**
   * The dispatcher for the next attempt: the next in turn that has not failed a moment ago, if
   * possible not the one that was tried last.
   *
   * @param last the one tried last; null for none
   */
  public Dispatcher pick(Dispatcher last) {
    int start = Math.floorMod(turn.getAndIncrement(), all.size());
    Dispatcher second = null;
    for (int i = 0; i < all.size(); i++) {
      Dispatcher candidate = all.get((start + i) % all.size());
      if (candidate != last) {
        if (!candidate.isAvoided()) {
          return candidate;
        }
        second = second == null ? candidate : second;
      }
    }
    if (last != null && !last.isAvoided()) {
      return last;
    }
    return second == null ? last : second;
  }

  public List<Dispatcher> all() {
    return all;
  }

  int size() {
    return all.size();
  }

  public void close() {
    all.forEach(Dispatcher::close);
  }
}
