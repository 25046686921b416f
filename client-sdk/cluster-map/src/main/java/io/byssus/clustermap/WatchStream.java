package io.byssus.clustermap;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.internal.v1.ControlPlaneServiceGrpc;
import io.byssus.proto.internal.v1.WatchRequest;
import io.byssus.proto.internal.v1.WatchResponse;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One open watch at one member, read by one thread. At most one step is buffered here: the next is
 * asked for when the last was taken, so a slow reader holds back the member and not this process'
 * memory.
 */
final class WatchStream implements AutoCloseable {
  /** A step, or how the stream ended: at most one of each is on its way. */
  private final ArrayBlockingQueue<Event> events = new ArrayBlockingQueue<>(2);

  private final ClientCallStreamObserver<?> call;

  private record Event(WatchResponse step, ByssusException end) {}

  /** Opens a watch; failures show up in {@link #next}. */
  static WatchStream open(Channel channel, WatchRequest request) {
    return new WatchStream(channel, request);
  }

  private WatchStream(Channel channel, WatchRequest request) {
    Observer observer = new Observer();
    ControlPlaneServiceGrpc.newStub(channel).watch(request, observer);
    call = observer.call;
  }

  /**
   * The next step; empty where none came in time.
   *
   * @throws ByssusException where the stream has ended
   */
  Optional<WatchResponse> next(Duration limit) throws InterruptedException {
    Event event = events.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
    if (event == null) {
      return Optional.empty();
    }
    if (event.end != null) {
      throw event.end;
    }
    call.request(1);
    return Optional.of(event.step);
  }

  @Override
  public void close() {
    call.cancel("the watch is closed", null);
  }

  private final class Observer implements ClientResponseObserver<WatchRequest, WatchResponse> {
    private ClientCallStreamObserver<WatchRequest> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
      call = stream;
      stream.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(WatchResponse step) {
      events.add(new Event(step, null));
    }

    @Override
    public void onError(Throwable failure) {
      events.add(
          new Event(null, GrpcErrors.fromGrpc(failure, ErrorCode.CONTROL_PLANE_UNAVAILABLE)));
    }

    @Override
    public void onCompleted() {
      events.add(
          new Event(
              null,
              new ByssusException(
                  ErrorCode.CONTROL_PLANE_UNAVAILABLE, "the member ended the watch")));
    }
  }
}
