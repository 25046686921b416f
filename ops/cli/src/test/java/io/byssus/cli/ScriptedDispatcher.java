package io.byssus.cli;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.model.Position;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.IncrementRequest;
import io.byssus.proto.kv.v1.KvServiceGrpc.KvServiceImplBase;
import io.byssus.proto.kv.v1.ListVersionsRequest;
import io.byssus.proto.kv.v1.ListVersionsResponse;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.ResolveRequest;
import io.byssus.proto.kv.v1.ResolveResponse;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanResponse;
import io.byssus.proto.kv.v1.ScanShardRequest;
import io.byssus.proto.kv.v1.ScanShardResponse;
import io.byssus.proto.kv.v1.WriteResponse;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A dispatcher that answers what the test says, and holds what it was asked. */
final class ScriptedDispatcher implements AutoCloseable {
  /** The requests, other than those that resolve a name, in order. */
  final List<Object> requests = new CopyOnWriteArrayList<>();

  /** The namespaces. */
  final FakeNamespaces namespaces = new FakeNamespaces();

  /** The pieces of each shard; a shard without any fails. */
  final Map<Integer, List<ScanShardResponse>> shards = new ConcurrentHashMap<>();

  volatile WriteResponse write = written().build();
  volatile GetResponse get = GetResponse.getDefaultInstance();
  volatile ListVersionsResponse versions = ListVersionsResponse.getDefaultInstance();
  volatile int shardCount = 1;

  private final Server server;

  ScriptedDispatcher() throws IOException {
    server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(new Kv())
            .addService(namespaces)
            .build()
            .start();
  }

  static WriteResponse.Builder written() {
    return WriteResponse.newBuilder()
        .setPosition(Position.pack(1, 42))
        .setDispatcherTimeMs(System.currentTimeMillis());
  }

  String address() {
    return "127.0.0.1:" + server.getPort();
  }

  /** The last request, as what it is. */
  <T> T last(Class<T> type) {
    return type.cast(requests.get(requests.size() - 1));
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private final class Kv extends KvServiceImplBase {
    private <T> void answer(Object request, StreamObserver<T> observer, T answer) {
      requests.add(request);
      observer.onNext(answer);
      observer.onCompleted();
    }

    @Override
    public void resolve(ResolveRequest request, StreamObserver<ResolveResponse> observer) {
      observer.onNext(
          ResolveResponse.newBuilder()
              .setNamespaceId(1)
              .setShardCount(shardCount)
              .setDispatcherTimeMs(System.currentTimeMillis())
              .build());
      observer.onCompleted();
    }

    @Override
    public void put(PutRequest request, StreamObserver<WriteResponse> observer) {
      answer(request, observer, write);
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<WriteResponse> observer) {
      answer(request, observer, write);
    }

    @Override
    public void increment(IncrementRequest request, StreamObserver<WriteResponse> observer) {
      answer(request, observer, write);
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetResponse> observer) {
      answer(request, observer, get);
    }

    @Override
    public void scan(ScanRequest request, StreamObserver<ScanResponse> observer) {
      answer(request, observer, ScanResponse.getDefaultInstance());
    }

    @Override
    public void listVersions(
        ListVersionsRequest request, StreamObserver<ListVersionsResponse> observer) {
      answer(request, observer, versions);
    }

    @Override
    public void scanShard(ScanShardRequest request, StreamObserver<ScanShardResponse> observer) {
      List<ScanShardResponse> pieces = shards.get(request.getShard());
      if (pieces == null) {
        observer.onError(
            GrpcErrors.toGrpc(
                new ByssusException(ErrorCode.REPLICA_HALTED, "as the test wants it")));
        return;
      }
      pieces.forEach(observer::onNext);
      observer.onCompleted();
    }
  }
}
