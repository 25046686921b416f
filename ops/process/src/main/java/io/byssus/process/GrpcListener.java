package io.byssus.process;

import io.byssus.model.Limits;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process' gRPC port: its services, the standard health service (which follows {@link
 * Readiness}), server reflection, and around every call its request id, its metrics, the bound on
 * calls, and the translation of errors.
 *
 * <p>Handlers may block: they run on a pool of their own. Closing lets calls finish for up to ten
 * seconds, refuses new ones meanwhile, and does not wait for endless ones.
 */
public final class GrpcListener implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GrpcListener.class);
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);
  private static final Duration END_LIMIT = Duration.ofSeconds(2);
  private static final int MAX_HEADER_BYTES = 16 << 10;

  /** How many endless calls may be open, unless said. */
  static final int MOST_ENDLESS_CALLS = 4_096;

  private final HostPort address;
  private final Server server;
  private final CallMetrics metrics;
  private final CallAdmission admission;
  private final HealthStatusManager health;
  private final AtomicBoolean closed = new AtomicBoolean();

  private GrpcListener(
      HostPort address,
      Server server,
      CallMetrics metrics,
      CallAdmission admission,
      HealthStatusManager health) {
    this.address = address;
    this.server = server;
    this.metrics = metrics;
    this.admission = admission;
    this.health = health;
  }

  /** Puts together a listener on an address; port 0 takes any free one. */
  public static Builder on(HostPort listen, Readiness readiness, MeterRegistry registry) {
    return new Builder(listen, readiness, registry);
  }

  /** Where it listens, with the real port. */
  public HostPort address() {
    return address;
  }

  /** Calls open now, of any kind. */
  public int openCalls() {
    return metrics.open();
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    health.enterTerminalState();
    server.shutdown();
    try {
      long deadline = System.nanoTime() + DRAIN_LIMIT.toNanos();
      // The server counts endless calls too, so its own end is not what to wait for.
      while (metrics.openFinite() > 0 && System.nanoTime() < deadline) {
        server.awaitTermination(10, TimeUnit.MILLISECONDS);
      }
      if (metrics.openFinite() > 0) {
        log.warn("calls cut off by the stop open={}", metrics.openFinite());
      }
      server.shutdownNow();
      server.awaitTermination(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    } finally {
      admission.close();
    }
  }

  /** Collects what a listener serves. Not thread-safe. */
  public static final class Builder {
    private final HostPort listen;
    private final Readiness readiness;
    private final MeterRegistry registry;
    private final List<ServerServiceDefinition> services = new ArrayList<>();
    private final Set<String> eventLoopServices = new HashSet<>();
    private final Set<String> eventLoopMethods = new HashSet<>();
    private final Set<String> endless = new HashSet<>();
    private Optional<Loops> loops = Optional.empty();
    private String name = "grpc";
    private int threads = Math.max(8, 2 * Runtime.getRuntime().availableProcessors());
    private int mostCalls = 4_096;
    private int mostEndlessCalls = MOST_ENDLESS_CALLS;

    private record Loops(EventLoopGroup group, Class<? extends ServerChannel> type) {
      void drive(NettyServerBuilder server) {
        server.bossEventLoopGroup(group).workerEventLoopGroup(group).channelType(type);
      }
    }

    private Builder(HostPort listen, Readiness readiness, MeterRegistry registry) {
      this.listen = listen;
      this.readiness = readiness;
      this.registry = registry;
    }

    /** How the pool's threads are called. */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /** How many threads the handlers share; 2 per core and at least 8 unless said. */
    public Builder threads(int threads) {
      this.threads = threads;
      return this;
    }

    /**
     * How many calls may be open before new ones are refused as OVERLOADED, the least critical
     * first (from 80 % on); 4,096 unless said. Endless ones do not count.
     */
    public Builder mostCalls(int mostCalls) {
      this.mostCalls = mostCalls;
      return this;
    }

    /** The same for endless calls: {@link #MOST_ENDLESS_CALLS} unless said. */
    public Builder mostEndlessCalls(int mostEndlessCalls) {
      this.mostEndlessCalls = mostEndlessCalls;
      return this;
    }

    /** The event loops of its connections, which stay the caller's; gRPC's own unless said. */
    public Builder eventLoops(EventLoopGroup loops, Class<? extends ServerChannel> type) {
      this.loops = Optional.of(new Loops(loops, type));
      return this;
    }

    /** Serves it on the pool. */
    public Builder service(BindableService service) {
      services.add(service.bindService());
      return this;
    }

    /** Serves it on gRPC's event loop: several times the rate, for handlers that never block. */
    public Builder serviceOnEventLoop(BindableService service) {
      var definition = service.bindService();
      services.add(definition);
      eventLoopServices.add(definition.getServiceDescriptor().getName());
      return this;
    }

    /** Serves this method on gRPC's event loop, whatever its service; its handler never blocks. */
    public Builder onEventLoop(MethodDescriptor<?, ?> method) {
      eventLoopMethods.add(method.getFullMethodName());
      return this;
    }

    /** Calls of this method last as long as the caller likes: a stop does not wait for them. */
    public Builder endless(MethodDescriptor<?, ?> method) {
      endless.add(method.getFullMethodName());
      return this;
    }

    /**
     * Binds the port and serves.
     *
     * @throws IOException if the port is taken or the address is not this machine's
     */
    public GrpcListener start() throws IOException {
      var health = new HealthStatusManager();
      services.add(health.getHealthService().bindService());
      services.add(ProtoReflectionServiceV1.newInstance().bindService());
      eventLoopServices.add(HealthGrpc.SERVICE_NAME);
      endless.add(HealthGrpc.getWatchMethod().getFullMethodName());

      var metrics = new CallMetrics(registry, methods(), endless);
      var admission =
          new CallAdmission(
              name,
              threads,
              mostCalls,
              mostEndlessCalls,
              metrics,
              eventLoopServices,
              eventLoopMethods,
              Set.of(HealthGrpc.SERVICE_NAME));
      var builder =
          NettyServerBuilder.forAddress(listen.toSocketAddress())
              .directExecutor()
              .callExecutor(admission)
              .addStreamTracerFactory(metrics)
              .maxInboundMessageSize(Limits.MAX_GRPC_MESSAGE_BYTES)
              .maxInboundMetadataSize(MAX_HEADER_BYTES)
              .permitKeepAliveTime(5, TimeUnit.SECONDS)
              .permitKeepAliveWithoutCalls(true)
              .keepAliveTime(30, TimeUnit.SECONDS)
              .keepAliveTimeout(10, TimeUnit.SECONDS)
              .handshakeTimeout(10, TimeUnit.SECONDS)
              // The last one added is the outermost.
              .intercept(new ErrorInterceptor())
              .intercept(admission)
              .intercept(new RequestIdInterceptor())
              .addServices(services);
      loops.ifPresent(own -> own.drive(builder));
      var server = builder.build();
      try {
        server.start();
      } catch (IOException e) {
        admission.close();
        throw new IOException("cannot listen on " + listen + ": " + reason(e), e);
      }
      readiness.listen(state -> health.setStatus("", status(state)));
      registry.gauge("byssus.grpc.calls.open", metrics, CallMetrics::open);
      registry.gauge("byssus.grpc.tasks.queued", admission, CallAdmission::queuedTasks);
      var address = listen.withPort(server.getPort());
      log.info("gRPC listening address={}", address);
      return new GrpcListener(address, server, metrics, admission, health);
    }

    private Set<String> methods() {
      return services.stream()
          .flatMap(service -> service.getMethods().stream())
          .map(method -> method.getMethodDescriptor().getFullMethodName())
          .collect(Collectors.toSet());
    }

    private static ServingStatus status(Readiness.State state) {
      return state.serving() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    }

    private static String reason(IOException e) {
      return e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
    }
  }
}
