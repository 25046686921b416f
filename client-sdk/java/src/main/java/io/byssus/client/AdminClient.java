package io.byssus.client;

import io.byssus.client.admin.ClusterDescription;
import io.byssus.client.admin.ClusterSettings;
import io.byssus.client.admin.NamespaceDescription;
import io.byssus.client.admin.NamespaceSettings;
import io.byssus.client.admin.NodeDescription;
import io.byssus.client.admin.ShardDescription;
import io.byssus.client.calls.Calls;
import io.byssus.client.calls.Durations;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.DescribeClusterRequest;
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
   * Creates a namespace of {@code LOG_ORDER} with every default; see {@link
   * #createNamespace(NamespaceSettings)}.
   */
  public NamespaceDescription createNamespace(String name) {
    return createNamespace(NamespaceSettings.of(name));
  }

  /**
   * Creates a namespace. Returns when all dispatchers of this client know it that can be reached,
   * so that it can be written to at once; another dispatcher learns of it within moments.
   *
   * @throws AlreadyExistsException where there is one of this name
   */
  public NamespaceDescription createNamespace(NamespaceSettings settings) {
    return namespaces().create(settings);
  }

  /** As {@link #updateNamespace(NamespaceSettings, long)}, whatever it is at present. */
  public NamespaceDescription updateNamespace(NamespaceSettings settings) {
    return namespaces().update(settings, 0);
  }

  /**
   * Changes what a namespace is declared to be, as a whole: what the settings do not say becomes
   * the default. Holds for writes from then on. The conflict rule cannot be changed.
   *
   * @param expectedRulesVersion the {@link NamespaceDescription#rulesVersion()} that the caller
   *     saw; 0: any
   * @throws InvalidRequestException naming what cannot be changed
   * @throws NamespaceNotFoundException where there is none of this name
   * @throws RefusedException with code {@code NAMESPACE_CHANGED} where it is no longer as the
   *     caller saw it
   */
  public NamespaceDescription updateNamespace(
      NamespaceSettings settings, long expectedRulesVersion) {
    return namespaces().update(settings, expectedRulesVersion);
  }

  /**
   * Deletes a namespace: its name is unknown at once to the dispatchers of this client that can be
   * reached, and to others within moments. Until {@link NamespaceDescription#undeleteUntil()} it
   * can be undeleted; then its records are removed for good.
   *
   * @throws NamespaceNotFoundException where there is none of this name
   */
  public NamespaceDescription deleteNamespace(String name) {
    return namespaces().delete(name);
  }

  /**
   * Takes the deletion of a namespace back, with all its records.
   *
   * @throws NamespaceNotFoundException where none of this name is deleted and can come back
   * @throws AlreadyExistsException where the name was given to another since
   */
  public NamespaceDescription undeleteNamespace(String name) {
    return namespaces().undelete(name);
  }

  /** The namespaces in use, by name. */
  public List<NamespaceDescription> listNamespaces() {
    return namespaces().list(false);
  }

  /**
   * The namespaces, by name.
   *
   * @param includeDeleted whether those that are deleted and can be undeleted are listed too
   */
  public List<NamespaceDescription> listNamespaces(boolean includeDeleted) {
    return namespaces().list(includeDeleted);
  }

  /**
   * What a namespace is, and how much it holds.
   *
   * @throws NamespaceNotFoundException where there is none of this name
   */
  public NamespaceDescription describeNamespace(String name) {
    return namespaces().describe(name);
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

  private NamespaceAdmin namespaces() {
    Calls calls = client.reads().calls();
    return new NamespaceAdmin(calls, requestId(), calls.now() + Durations.nanos(deadline));
  }

  private String requestId() {
    return client.defaults().requestId();
  }
}
