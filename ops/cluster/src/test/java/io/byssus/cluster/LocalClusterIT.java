package io.byssus.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.process.DirectoryInUseException;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.CreateNamespaceRequest;
import io.byssus.proto.admin.v1.DescribeClusterRequest;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.PutRequest;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalClusterIT {
  private static final int RECORDS = 50;

  @TempDir Path folder;

  @Test
  void whatWasWrittenIsThereAfterARestartWithMoreServers() throws Exception {
    String clusterId;
    try (LocalCluster cluster = LocalCluster.start(asked(2, 4));
        Client client = new Client(cluster.endpoint())) {
      clusterId = client.clusterId();
      client.createNamespace();
      for (int i = 0; i < RECORDS; i++) {
        client.put(i);
      }
    }
    try (LocalCluster cluster = LocalCluster.start(asked(3, 4));
        Client client = new Client(cluster.endpoint())) {
      assertEquals(clusterId, client.clusterId());
      assertEquals(3, cluster.addresses(NodeRole.SERVER).size());
      for (int i = 0; i < RECORDS; i++) {
        assertEquals("value-" + i, client.get(i));
      }
    }
  }

  @Test
  void theDirectoryHasOneUserAndItsShapeIsKept() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(asked(1, 2))) {
      assertTrue(cluster.endpoint().startsWith("127.0.0.1:"));
      DirectoryInUseException inUse =
          assertThrows(DirectoryInUseException.class, () -> LocalCluster.start(asked(1, 2)));
      assertTrue(inUse.getMessage().contains(folder.toString()), inUse.getMessage());
    }
    assertThrows(ClusterFailure.class, () -> LocalCluster.start(asked(1, 3)));
    // The refusals have released what they held.
    LocalCluster.start(asked(1, 2)).close();
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      LocalClusterConfig config =
          new LocalClusterConfig(folder, OptionalInt.of(1), OptionalInt.of(2), port);
      IOException failure = assertThrows(IOException.class, () -> LocalCluster.start(config));
      assertTrue(failure.getMessage().contains("port " + port), failure.getMessage());
    }
  }

  private LocalClusterConfig asked(int servers, int shards) {
    return new LocalClusterConfig(folder, OptionalInt.of(servers), OptionalInt.of(shards), 0);
  }

  /** A client as bare as gRPC makes them. */
  private static final class Client implements AutoCloseable {
    private static final String NAMESPACE = "things";

    private final ManagedChannel channel;

    Client(String endpoint) {
      this.channel = ManagedChannelBuilder.forTarget("dns:///" + endpoint).usePlaintext().build();
    }

    String clusterId() {
      return admin().describeCluster(DescribeClusterRequest.getDefaultInstance()).getClusterId();
    }

    void createNamespace() {
      admin()
          .createNamespace(
              CreateNamespaceRequest.newBuilder()
                  .setSpec(NamespaceSpec.newBuilder().setName(NAMESPACE))
                  .build());
    }

    void put(int number) {
      kv().put(
              PutRequest.newBuilder()
                  .setNamespace(NAMESPACE)
                  .setKey(key(number))
                  .setValue(ByteString.copyFromUtf8("value-" + number))
                  .build());
    }

    String get(int number) {
      return kv().get(GetRequest.newBuilder().setNamespace(NAMESPACE).setKey(key(number)).build())
          .getRecord()
          .getValue()
          .toStringUtf8();
    }

    private static Key key(int number) {
      return Key.newBuilder().setPartitionKey(ByteString.copyFromUtf8("key-" + number)).build();
    }

    private AdminServiceGrpc.AdminServiceBlockingStub admin() {
      return AdminServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private KvServiceGrpc.KvServiceBlockingStub kv() {
      return KvServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      channel.shutdownNow();
    }
  }
}
