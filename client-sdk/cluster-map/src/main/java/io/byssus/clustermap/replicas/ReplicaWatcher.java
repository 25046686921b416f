package io.byssus.clustermap.replicas;

import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.internal.v1.WatchReplicasRequest;
import io.byssus.proto.internal.v1.WatchReplicasResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows one server's stream of replica reports into the board, and reconnects for ever. */
public final class ReplicaWatcher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ReplicaWatcher.class);

  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long MAX_PAUSE_MILLIS = 1_000;

  private final Replica server;
  private final ServerChannels channels;
  private final ReplicaBoard board;
  private final ScheduledExecutorService timer;
  private final RandomGenerator random;
  private final AtomicBoolean closed = new AtomicBoolean();
  private long pauseMillis = FIRST_PAUSE_MILLIS;
  private volatile ClientCall<WatchReplicasRequest, WatchReplicasResponse> call;

  public ReplicaWatcher(
      Replica server,
      ServerChannels channels,
      ReplicaBoard board,
      ScheduledExecutorService timer,
      RandomGenerator random) {
    this.server = server;
    this.channels = channels;
    this.board = board;
    this.timer = timer;
    this.random = random;
  }

  public Replica server() {
    return server;
  }

  /** Starts to follow. */
  public void start() {
    // Not part of the call or the map that happens to start it.
    Context.ROOT.run(this::connect);
  }

  private void connect() {
    if (closed.get()) {
      return;
    }
    call =
        channels
            .to(server.address())
            .newCall(ShardServiceGrpc.getWatchReplicasMethod(), CallOptions.DEFAULT);
    ClientCalls.asyncServerStreamingCall(
        call, WatchReplicasRequest.getDefaultInstance(), new Reports());
    if (closed.get()) {
      cancel();
    }
  }

  private final class Reports implements StreamObserver<WatchReplicasResponse> {
    private boolean heard;

    @Override
    public void onNext(WatchReplicasResponse step) {
      if (closed.get()) {
        return;
      }
      if (!heard) {
        log.info(
            "Following a server's replicas: server={} address={} replicas={}",
            server.nodeId(),
            server.address(),
            step.getReplicasCount());
      }
      board.heard(server.nodeId(), step, !heard);
      heard = true;
      pauseMillis = FIRST_PAUSE_MILLIS;
    }

    @Override
    public void onError(Throwable failure) {
      ended(failure.getMessage());
    }

    @Override
    public void onCompleted() {
      ended("the server ended the stream");
    }

    private void ended(String reason) {
      board.disconnected(server.nodeId());
      if (closed.get()) {
        return;
      }
      if (heard) {
        log.info("Lost a server's replicas: server={} reason={}", server.nodeId(), reason);
      }
      long pause = pauseMillis / 2 + random.nextLong(pauseMillis / 2 + 1);
      pauseMillis = Math.min(MAX_PAUSE_MILLIS, 2 * pauseMillis);
      try {
        timer.schedule(ReplicaWatcher.this::connect, pause, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        log.debug("The process is stopping");
      }
    }
  }

  private void cancel() {
    call.cancel("not followed any more", null);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true) && call != null) {
      cancel();
    }
  }
}
