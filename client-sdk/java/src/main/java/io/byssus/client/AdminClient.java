package io.byssus.client;

import io.byssus.client.admin.ClusterDescription;
import io.byssus.client.admin.ClusterSettings;
import io.byssus.client.admin.NamespaceDescription;
import io.byssus.client.admin.NodeDescription;
import io.byssus.client.admin.ShardDescription;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.DescribeClusterRequest;
import io.byssus.proto.admin.v1.DescribeNamespaceRequest;
import io.byssus.proto.admin.v1.ListNamespacesRequest;
import io.byssus.proto.admin.v1.ListNodesRequest;
import io.byssus.proto.admin.v1.ListShardsRequest;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.List;

/**
 * Administration of a cluster, through its dispatchers (or straight through the members of its
 * control plane). Every method waits, at most for the deadline, and throws:
 *
 * <ul>
 *   <li>{@link InvalidRequestException} where a setting is missing, malformed or past a limit;
 *   <li>{@link RefusedException} with code {@code CLUSTER_NOT_READY} where the cluster is not
 *       initialised yet;
 *   <li>{@link UnavailableException} where no dispatcher or no leader of the control plane could be
 *       reached, and {@link DeadlineExceededException} where it did not answer in time. A change
 *       may then have been made: look, or ask for it again, which is harmless.
 * </ul>
 */
public final class AdminClient {
  private final ByssusClient client;
  private final Duration deadline;

  AdminClient(ByssusClient client, Duration deadline) {
    this.client = client;
    this.deadline = deadline;
  }

  /** The same with another deadline, which must be positive. */
  public AdminClient withDeadline(Duration newDeadline) {
    return new AdminClient(client, Durations.requirePositive(newDeadline));
  }

  /**
   * Fixes what the cluster is, once, and creates its log. Repeating it with the same settings
   * succeeds. May take long where the log has many partitions.
   *
   * @return the cluster's id
   * @throws AlreadyExistsException where the cluster has other settings
   * @throws RefusedException with code {@code LOG_REFUSED} where a log of this name exists and is
   *     not empty
   */
  public String initCluster(ClusterSettings settings) {
    return call(AdminServiceGrpc.getInitClusterMethod(), AdminCodec.toProto(settings))
        .getClusterId();
  }

  /** What the cluster is. */
  public ClusterDescription describeCluster() {
    return AdminCodec.cluster(
        call(
            AdminServiceGrpc.getDescribeClusterMethod(),
            DescribeClusterRequest.getDefaultInstance()));
  }

  /**
   * Creates a namespace of the default conflict rule. Returns when all dispatchers of this client
   * know it that can be reached, so that it can be written to at once; another dispatcher learns of
   * it within moments.
   *
   * @throws AlreadyExistsException where there is one of this name
   */
  public NamespaceDescription createNamespace(String name) {
    RequestChecks.namespaceName(name);
    Calls calls = client.reads().calls();
    long until = calls.now() + Durations.nanos(deadline);
    NamespaceDescription created = new NamespaceCreation(calls, requestId(), until).create(name);
    new NamespaceArrival(calls, requestId(), until).await(name);
    return created;
  }

  /** The namespaces, by name. */
  public List<NamespaceDescription> listNamespaces() {
    return call(
            AdminServiceGrpc.getListNamespacesMethod(), ListNamespacesRequest.getDefaultInstance())
        .getNamespacesList()
        .stream()
        .map(AdminCodec::namespace)
        .toList();
  }

  /**
   * What a namespace is.
   *
   * @throws NamespaceNotFoundException where there is none of this name
   */
  public NamespaceDescription describeNamespace(String name) {
    RequestChecks.namespaceName(name);
    return AdminCodec.namespace(
        call(
                AdminServiceGrpc.getDescribeNamespaceMethod(),
                DescribeNamespaceRequest.newBuilder().setName(name).build())
            .getNamespace());
  }

  /** The nodes, by id. */
  public List<NodeDescription> listNodes() {
    return call(AdminServiceGrpc.getListNodesMethod(), ListNodesRequest.getDefaultInstance())
        .getNodesList()
        .stream()
        .map(AdminCodec::node)
        .toList();
  }

  /** The shards, by number, with the state of each replica. */
  public List<ShardDescription> listShards() {
    return call(AdminServiceGrpc.getListShardsMethod(), ListShardsRequest.getDefaultInstance())
        .getShardsList()
        .stream()
        .map(AdminCodec::shard)
        .toList();
  }

  private <Q, R> R call(MethodDescriptor<Q, R> method, Q request) {
    Calls calls = client.reads().calls();
    return AdminCall.of(calls, method, request)
        .run(requestId(), calls.now() + Durations.nanos(deadline));
  }

  private String requestId() {
    return client.defaults().requestId();
  }
}
