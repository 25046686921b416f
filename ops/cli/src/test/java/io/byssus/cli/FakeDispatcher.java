package io.byssus.cli;

import com.google.protobuf.ByteString;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.model.Position;
import io.byssus.proto.admin.v1.AdminServiceGrpc.AdminServiceImplBase;
import io.byssus.proto.admin.v1.CreateNamespaceRequest;
import io.byssus.proto.admin.v1.CreateNamespaceResponse;
import io.byssus.proto.admin.v1.ListNamespacesRequest;
import io.byssus.proto.admin.v1.ListNamespacesResponse;
import io.byssus.proto.admin.v1.ListNodesRequest;
import io.byssus.proto.admin.v1.ListNodesResponse;
import io.byssus.proto.admin.v1.ListShardsRequest;
import io.byssus.proto.admin.v1.ListShardsResponse;
import io.byssus.proto.admin.v1.Namespace;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.admin.v1.NodeDescription;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.admin.v1.ReplicaDescription;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.admin.v1.ShardDescription;
import io.byssus.proto.kv.v1.Absent;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.KeyResult;
import io.byssus.proto.kv.v1.KvServiceGrpc.KvServiceImplBase;
import io.byssus.proto.kv.v1.MultiGetRequest;
import io.byssus.proto.kv.v1.MultiGetResponse;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.proto.kv.v1.Record;
import io.byssus.proto.kv.v1.ResolveRequest;
import io.byssus.proto.kv.v1.ResolveResponse;
import io.byssus.proto.kv.v1.ScanRecord;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanResponse;
import io.byssus.proto.kv.v1.WriteResponse;
import io.byssus.proto.log.v1.ConflictRule;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A dispatcher for commands to talk to, with one shard in memory, in the namespace {@code t}. A
 * namespace that is called like an error, in lower case with dashes, answers with that error.
 */
final class FakeDispatcher implements AutoCloseable {
  private static final ReadContext CONTEXT =
      ReadContext.newBuilder().setShard(0).setPosition(Position.pack(1, 41)).build();

  private final Map<ByteString, Map<ByteString, ByteString>> records = new TreeMap<>(order());
  private final Server server;

  FakeDispatcher() throws IOException {
    server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(new Kv())
            .addService(new Admin())
            .build()
            .start();
  }

  String address() {
    return "127.0.0.1:" + server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private static Comparator<ByteString> order() {
    return ByteString.unsignedLexicographicalComparator();
  }

  private static <T> void answer(StreamObserver<T> observer, T answer) {
    observer.onNext(answer);
    observer.onCompleted();
  }

  /** Whether the namespace is the one there is; if not, the error is sent. */
  private static boolean refused(String namespace, StreamObserver<?> observer) {
    if (namespace.equals("t")) {
      return false;
    }
    ErrorCode code;
    try {
      code = ErrorCode.valueOf(namespace.toUpperCase(Locale.ROOT).replace('-', '_'));
    } catch (IllegalArgumentException e) {
      code = ErrorCode.NAMESPACE_NOT_FOUND;
    }
    observer.onError(GrpcErrors.toGrpc(new ByssusException(code, "no: " + namespace)));
    return true;
  }

  private final class Kv extends KvServiceImplBase {
    @Override
    public void resolve(ResolveRequest request, StreamObserver<ResolveResponse> observer) {
      if (request.getNamespace().equals("namespace-not-found")
          && refused(request.getNamespace(), observer)) {
        return;
      }
      answer(
          observer,
          ResolveResponse.newBuilder()
              .setNamespaceId(1)
              .setShardCount(1)
              .setDispatcherTimeMs(System.currentTimeMillis())
              .build());
    }

    @Override
    public synchronized void put(PutRequest request, StreamObserver<WriteResponse> observer) {
      if (refused(request.getNamespace(), observer)) {
        return;
      }
      records
          .computeIfAbsent(request.getKey().getPartitionKey(), p -> new TreeMap<>(order()))
          .put(request.getKey().getSortKey(), request.getValue());
      written(observer);
    }

    @Override
    public synchronized void delete(DeleteRequest request, StreamObserver<WriteResponse> observer) {
      if (refused(request.getNamespace(), observer)) {
        return;
      }
      records
          .getOrDefault(request.getKey().getPartitionKey(), new TreeMap<>(order()))
          .remove(request.getKey().getSortKey());
      written(observer);
    }

    private void written(StreamObserver<WriteResponse> observer) {
      answer(
          observer,
          WriteResponse.newBuilder()
              .setPosition(Position.pack(1, 42))
              .setDispatcherTimeMs(System.currentTimeMillis())
              .build());
    }

    @Override
    public synchronized void get(GetRequest request, StreamObserver<GetResponse> observer) {
      if (refused(request.getNamespace(), observer)) {
        return;
      }
      GetResponse.Builder response = GetResponse.newBuilder().setContext(CONTEXT);
      ByteString value = find(request.getKey());
      if (value != null) {
        response.setRecord(record(value));
      }
      answer(observer, response.build());
    }

    @Override
    public synchronized void multiGet(
        MultiGetRequest request, StreamObserver<MultiGetResponse> observer) {
      if (refused(request.getNamespace(), observer)) {
        return;
      }
      MultiGetResponse.Builder response = MultiGetResponse.newBuilder().addContexts(CONTEXT);
      for (Key key : request.getKeysList()) {
        ByteString value = find(key);
        response.addResults(
            value == null
                ? KeyResult.newBuilder().setAbsent(Absent.getDefaultInstance()).build()
                : KeyResult.newBuilder().setRecord(record(value)).build());
      }
      answer(observer, response.build());
    }

    /** Pages by number: the token is the index of the next record. */
    @Override
    public synchronized void scan(ScanRequest request, StreamObserver<ScanResponse> observer) {
      if (refused(request.getNamespace(), observer)) {
        return;
      }
      ScanResponse.Builder response = ScanResponse.newBuilder().setContext(CONTEXT);
      int from =
          request.getPageToken().isEmpty()
              ? 0
              : Integer.parseInt(request.getPageToken().toStringUtf8());
      int index = 0;
      for (var entry : records.getOrDefault(request.getPartitionKey(), Map.of()).entrySet()) {
        if (index++ < from || !isSelected(request, entry.getKey())) {
          continue;
        }
        if (request.getLimit() > 0 && response.getRecordsCount() == request.getLimit()) {
          response.setNextPageToken(ByteString.copyFromUtf8(Integer.toString(index - 1)));
          break;
        }
        response.addRecords(
            ScanRecord.newBuilder()
                .setSortKey(entry.getKey())
                .setValue(entry.getValue())
                .setVersion(Position.pack(1, 40)));
      }
      answer(observer, response.build());
    }

    private boolean isSelected(ScanRequest request, ByteString sortKey) {
      ByteString start = request.getRange().getStart();
      ByteString end = request.getRange().getEnd();
      return sortKey.startsWith(request.getPrefix())
          && order().compare(start, sortKey) <= 0
          && (end.isEmpty() || order().compare(sortKey, end) < 0);
    }

    private ByteString find(Key key) {
      return records.getOrDefault(key.getPartitionKey(), Map.of()).get(key.getSortKey());
    }

    private Record record(ByteString value) {
      return Record.newBuilder().setValue(value).setVersion(Position.pack(1, 40)).build();
    }
  }

  private static final class Admin extends AdminServiceImplBase {
    @Override
    public void createNamespace(
        CreateNamespaceRequest request, StreamObserver<CreateNamespaceResponse> observer) {
      if (!refused(request.getSpec().getName(), observer)) {
        answer(observer, CreateNamespaceResponse.newBuilder().setNamespace(namespace()).build());
      }
    }

    @Override
    public void listNamespaces(
        ListNamespacesRequest request, StreamObserver<ListNamespacesResponse> observer) {
      answer(observer, ListNamespacesResponse.newBuilder().addNamespaces(namespace()).build());
    }

    private static Namespace namespace() {
      return Namespace.newBuilder()
          .setNamespaceId(1)
          .setSpec(NamespaceSpec.newBuilder().setName("t").setConflictRule(ConflictRule.LOG_ORDER))
          .setRulesVersion(1)
          .setCreatedMs(1_700_000_000_000L)
          .build();
    }

    @Override
    public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> observer) {
      answer(
          observer,
          ListNodesResponse.newBuilder()
              .addNodes(
                  NodeDescription.newBuilder()
                      .setNodeId("server-1")
                      .setRole(NodeRole.SERVER)
                      .setAddress("127.0.0.1:7401")
                      .setUp(true)
                      .setReplicas(1)
                      .putLabels("zone", "a"))
              .build());
    }

    @Override
    public void listShards(ListShardsRequest request, StreamObserver<ListShardsResponse> observer) {
      answer(
          observer,
          ListShardsResponse.newBuilder()
              .addShards(
                  ShardDescription.newBuilder()
                      .setIncarnation(1)
                      .setEpoch(2)
                      .setFeedOwner("server-1")
                      .addReplicas(
                          ReplicaDescription.newBuilder()
                              .setNodeId("server-1")
                              .setState(ReplicaState.CAUGHT_UP)
                              .setAppliedPosition(Position.pack(1, 41))
                              .setLagRecords(3)
                              .setRecordsEstimate(20)
                              .setDiskBytes(4096)))
              .build());
    }
  }
}
