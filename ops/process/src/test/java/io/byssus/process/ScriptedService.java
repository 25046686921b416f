package io.byssus.process;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.internal.v1.WatchReplicasRequest;
import io.byssus.proto.internal.v1.WatchReplicasResponse;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A service that does what the namespace of the request says. */
final class ScriptedService extends KvServiceGrpc.KvServiceImplBase {
  private final List<String> seenIds = new CopyOnWriteArrayList<>();
  private final Map<String, Gate> gates = new ConcurrentHashMap<>();
  private volatile String watchThread;

  /** Where calls wait until the test lets them go on. */
  static final class Gate {
    private final CountDownLatch open = new CountDownLatch(1);
    private final AtomicInteger waiting = new AtomicInteger();

    void open() {
      open.countDown();
    }

    int waiting() {
      return waiting.get();
    }

    private void pass() {
      waiting.incrementAndGet();
      try {
        open.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  Gate gate(String name) {
    return gates.computeIfAbsent(name, n -> new Gate());
  }

  Collection<Gate> gates() {
    return gates.values();
  }

  /** For each call the id in the context and the one in the logging context. */
  List<String> seenIds() {
    return seenIds;
  }

  /** The thread that the last watch ran on. */
  String watchThread() {
    return watchThread;
  }

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> observer) {
    String way = request.getNamespace();
    seenIds.add(RequestId.current().orElse("none"));
    var notFound = new ByssusException(ErrorCode.NAMESPACE_NOT_FOUND, "no namespace " + way);
    switch (way) {
      case "byssus" -> throw notFound;
      case "byssus-on-error" -> observer.onError(notFound);
      case "byssus-in-a-future" -> observer.onError(new CompletionException(notFound));
      case "fault" -> throw new IllegalStateException("a secret of the inside");
      case "fault-on-error" -> observer.onError(new IllegalStateException("a secret"));
      case "chosen" -> observer.onError(Status.OUT_OF_RANGE.asRuntimeException());
      default -> {
        if (way.equals("gated")) {
          gate(way).pass();
        }
        var response = GetResponse.newBuilder();
        int keyBytes = request.getKey().getPartitionKey().size();
        if (keyBytes > 0) {
          response.getRecordBuilder().setVersion(keyBytes);
        }
        observer.onNext(response.build());
        observer.onCompleted();
      }
    }
  }

  /** A service whose watch answers once and then stays open. */
  ShardServiceGrpc.ShardServiceImplBase shards() {
    return new ShardServiceGrpc.ShardServiceImplBase() {
      @Override
      public void watchReplicas(
          WatchReplicasRequest request, StreamObserver<WatchReplicasResponse> observer) {
        watchThread = Thread.currentThread().getName();
        observer.onNext(WatchReplicasResponse.getDefaultInstance());
      }
    };
  }
}
