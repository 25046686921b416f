package io.byssus.client;

import io.byssus.client.calls.Backoff;
import io.byssus.client.calls.Calls;
import io.byssus.client.calls.Dispatcher;
import io.byssus.client.calls.DispatcherClock;
import io.byssus.client.calls.Dispatchers;
import io.byssus.client.calls.Durations;
import io.byssus.client.calls.LiveCalls;
import io.byssus.client.calls.NamespaceDirectory;
import io.byssus.client.direct.DirectReads;
import io.byssus.client.stamps.OpenWrites;
import io.byssus.client.stamps.WriterSession;
import io.byssus.clustermap.replicas.EventLoops;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * A Byssus cluster, as one application sees it. Make one and keep it: it holds the connections, the
 * order of writes and the session. Safe for use by several threads.
 *
 * <pre>{@code
 * try (ByssusClient client = ByssusClient.connect("127.0.0.1:7400")) {
 *   Namespace places = client.namespace("places");
 *   places.put(Key.of("NL", "Amsterdam"), "{\"population\": 921402}");
 *   places.get(Key.of("NL", "Amsterdam")).ifPresent(r -> System.out.println(r.valueUtf8()));
 * }
 * }</pre>
 */
public final class ByssusClient implements AutoCloseable {
  /** One is enough for some hundred thousand calls a second. */
  private static final int EVENT_LOOPS =
      Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors() / 4));

  private final EventLoops loops = new EventLoops("byssus-client-io", EVENT_LOOPS);
  private final Dispatchers dispatchers;
  private final ScheduledThreadPoolExecutor timer;
  private final Calls calls;
  private final OpenWrites open;
  private final WritePath writes;
  private final ReadPath reads;
  private final CallDefaults defaults;
  private final AdminClient admin;
  private final long closeNanos;
  private final ConcurrentHashMap<String, Namespace> namespaces = new ConcurrentHashMap<>();
  private volatile boolean closed;

  ByssusClient(ByssusClientBuilder settings) {
    this(settings, System::nanoTime, new Random());
  }

  /**
   * @param random for backoff; safe for several threads
   */
  ByssusClient(ByssusClientBuilder settings, LongSupplier nanoTime, RandomGenerator random) {
    this.dispatchers = dispatchers(settings, loops, nanoTime);
    this.timer = timer();
    this.calls =
        new Calls(
            dispatchers,
            direct(settings, loops, timer, nanoTime, random),
            new Backoff.Waits(
                Durations.nanos(settings.retryPolicy.initialBackoff()),
                Durations.nanos(settings.retryPolicy.maxBackoff())),
            Durations.nanos(settings.retryPolicy.attemptTimeout()),
            timer,
            settings.callbackExecutor,
            nanoTime,
            random,
            new LiveCalls());
    DispatcherClock clock = new DispatcherClock(nanoTime);
    NamespaceDirectory directory = new NamespaceDirectory(calls, clock);
    this.open = new OpenWrites(settings.maxOpenWrites, settings.maxOpenWriteBytes);
    this.writes =
        new WritePath(calls, directory, new WriterSession(new SecureRandom(), clock), open);
    this.reads = new ReadPath(calls, directory);
    this.defaults =
        new CallDefaults(
            settings.readDeadline,
            settings.writeDeadline,
            settings.consistency,
            settings.acknowledgement,
            settings.criticality,
            new Session(),
            settings.requestIds);
    this.admin = new AdminClient(this, settings.adminDeadline);
    this.closeNanos = Durations.nanos(settings.closeTimeout);
  }

  private static Dispatchers dispatchers(
      ByssusClientBuilder settings, EventLoops loops, LongSupplier nanoTime) {
    try {
      return Dispatchers.to(
          settings.endpoints,
          loops,
          settings.connectionOptions.idleTimeout(),
          settings.connectionOptions.keepAlive(),
          (settings.userAgent + " byssus-java").strip(),
          nanoTime);
    } catch (RuntimeException e) {
      // There will be no client to close them.
      loops.close();
      throw e;
    }
  }

  private static Optional<Calls.DirectPath> direct(
      ByssusClientBuilder settings,
      EventLoops loops,
      ScheduledThreadPoolExecutor timer,
      LongSupplier nanoTime,
      RandomGenerator random) {
    if (!settings.directReads) {
      return Optional.empty();
    }
    DirectReads reads = new DirectReads(settings.endpoints, loops, timer, nanoTime, random);
    Dispatcher servers = Dispatcher.direct(reads.channel(), nanoTime);
    return Optional.of(new Calls.DirectPath(reads, servers));
  }

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "byssus-client-timer");
              thread.setDaemon(true);
              return thread;
            });
    // A deadline that was not needed must not hold its write until it would have passed.
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  /** Begins a client. */
  public static ByssusClientBuilder builder() {
    return new ByssusClientBuilder();
  }

  /**
   * A client with every default.
   *
   * @param endpoints the dispatchers, each {@code host:port}: one or more
   * @throws IllegalArgumentException where there is none, or one that is not host:port
   */
  public static ByssusClient connect(String... endpoints) {
    return builder().endpoints(endpoints).build();
  }

  /**
   * The namespace of this name; nothing is asked of the cluster yet.
   *
   * @throws InvalidRequestException where the name cannot be a namespace's
   */
  public Namespace namespace(String name) {
    RequestChecks.namespaceName(name);
    return namespaces.computeIfAbsent(
        name, ofName -> new Namespace(new NamespaceCalls(this, ofName)));
  }

  /** Administration of the cluster. */
  public AdminClient admin() {
    return admin;
  }

  /** The session that calls use whose options name no other. */
  public Session session() {
    return defaults.session();
  }

  /**
   * Refuses new calls, waits for open writes up to the close timeout, and ends. Writes still open
   * then fail with {@link IndeterminateException}, or {@link NotWrittenException} if they were
   * never sent; reads still open fail with {@link UnavailableException}. A second time it does
   * nothing.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      open.awaitNone(closeNanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    calls.live().close();
    calls.direct().ifPresent(direct -> direct.reads().close());
    timer.shutdownNow();
    dispatchers.close();
    loops.close();
  }

  WritePath writes() {
    requireOpen();
    return writes;
  }

  ReadPath reads() {
    requireOpen();
    return reads;
  }

  CallDefaults defaults() {
    return defaults;
  }

  void callBack(Runnable tell) {
    calls.callBack(tell);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the client is closed");
    }
  }
}
