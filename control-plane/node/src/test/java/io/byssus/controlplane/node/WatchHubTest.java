package io.byssus.controlplane.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Status;
import io.byssus.clustermap.WatchHub;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.RegisterNodeCommand;
import io.byssus.proto.internal.v1.WatchRequest;
import io.byssus.proto.internal.v1.WatchResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class WatchHubTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration SIGN_OF_LIFE = Duration.ofMillis(200);

  private final ReplicatedState state = new ReplicatedState(new HaltSwitch(), 10);

  private static WatchRequest from(long revision) {
    return WatchRequest.newBuilder().setAfterRevision(revision).build();
  }

  @Test
  void anErrorInARoundDoesNotEndTheSignsOfLife() {
    AtomicBoolean fails = new AtomicBoolean();
    LongSupplier time =
        () -> {
          if (fails.compareAndSet(true, false)) {
            throw new StackOverflowError("as the test wants it");
          }
          return 0;
        };
    try (WatchHub hub = new WatchHub(state, () -> true, time, SIGN_OF_LIFE)) {
      Stream stream = new Stream();
      hub.watch(from(7), stream);
      await().atMost(LIMIT).until(() -> stream.steps.size() >= 1);
      // From here on only the rounds ask the time.
      fails.set(true);
      await().atMost(LIMIT).until(() -> !fails.get());
      int before = stream.steps.size();
      await().atMost(LIMIT).until(() -> stream.steps.size() > before);
    }
  }

  @Test
  void aWatcherThatCannotBeServedIsSentAwayAndTheOthersAreServed() throws Exception {
    try (WatchHub hub = new WatchHub(state, () -> true, System::nanoTime, SIGN_OF_LIFE)) {
      Stream broken = new Stream();
      List<Stream> others = List.of(new Stream(), new Stream(), new Stream());
      hub.watch(from(7), broken);
      for (Stream other : others) {
        hub.watch(from(7), other);
      }
      await().atMost(LIMIT).until(() -> others.stream().allMatch(s -> s.steps.size() >= 1));
      broken.broken = true;
      await().atMost(LIMIT).until(broken.end::isDone);
      List<Integer> before = others.stream().map(s -> s.steps.size()).toList();
      await()
          .atMost(LIMIT)
          .until(
              () ->
                  IntStream.range(0, others.size())
                      .allMatch(i -> others.get(i).steps.size() > before.get(i)));
      assertEquals(
          ErrorCode.INTERNAL_FAULT,
          GrpcErrors.fromGrpc(broken.end.get(), ErrorCode.CONTROL_PLANE_UNAVAILABLE).code());
      assertEquals(3, hub.watchers());
    }
  }

  @Test
  void aSignOfLifeDoesNotClaimAChangeThatTheWatcherWasNotSent() {
    register("first");
    AtomicInteger signs = new AtomicInteger();
    // A change comes just after it was found that there is nothing new.
    try (WatchHub hub =
        new WatchHub(
            state,
            () -> {
              if (signs.incrementAndGet() == 1) {
                register("second");
              }
              return true;
            },
            System::nanoTime,
            SIGN_OF_LIFE)) {
      Stream stream = new Stream();
      hub.watch(from(1), stream);
      await().atMost(LIMIT).until(() -> stream.steps.size() >= 2);
      assertEquals(1, stream.steps.get(0).getRevision());
      assertEquals(0, stream.steps.get(0).getChangesCount());
      assertEquals(2, stream.steps.get(1).getRevision());
      assertEquals(1, stream.steps.get(1).getChangesCount());
    }
  }

  private void register(String server) {
    state.onApply(
        new OneEntry(
            ControlCommand.newBuilder()
                .setFormatVersion(1)
                .setRegisterNode(
                    RegisterNodeCommand.newBuilder()
                        .setNode(
                            Node.newBuilder()
                                .setNodeId(server)
                                .setInstanceId("i")
                                .setRole(NodeRole.SERVER)
                                .setAddress("127.0.0.1:7401")))
                .build()));
  }

  /** A committed command, as JRaft hands it over. */
  private static final class OneEntry implements Iterator {
    private final ByteBuffer command;
    private boolean taken;

    OneEntry(ControlCommand command) {
      this.command = ByteBuffer.wrap(command.toByteArray());
    }

    @Override
    public boolean hasNext() {
      return !taken;
    }

    @Override
    public ByteBuffer next() {
      taken = true;
      return command;
    }

    @Override
    public void setAutoCommitPerLog(boolean commits) {}

    @Override
    public ByteBuffer getData() {
      return command;
    }

    @Override
    public long getIndex() {
      return 1;
    }

    @Override
    public long getTerm() {
      return 1;
    }

    @Override
    public Closure done() {
      return null;
    }

    @Override
    public boolean commit() {
      return true;
    }

    @Override
    public void commitAndSnapshotSync(Closure done) {}

    @Override
    public void setErrorAndRollback(long entries, Status status) {
      throw new AssertionError(status.toString());
    }
  }

  private static final class Stream extends ServerCallStreamObserver<WatchResponse> {
    private final List<WatchResponse> steps = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Throwable> end = new CompletableFuture<>();
    private volatile boolean broken;

    @Override
    public void onNext(WatchResponse step) {
      if (broken) {
        throw new UnsupportedOperationException("as the test wants it");
      }
      steps.add(step);
    }

    @Override
    public void onError(Throwable failure) {
      end.complete(failure);
    }

    @Override
    public void onCompleted() {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}
  }
}
