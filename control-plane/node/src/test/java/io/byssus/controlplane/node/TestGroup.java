package io.byssus.controlplane.node;

import static org.awaitility.Awaitility.await;

import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import io.byssus.clustermap.ControlPlaneClient;
import io.byssus.process.HostPort;
import io.byssus.process.ProcessConfig;
import io.byssus.process.ProcessLifecycle;
import io.byssus.process.Readiness;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;

/** A control plane of some members in this JVM, each on ports and a directory that stay its own. */
final class TestGroup implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(20);
  static final Duration LEASE = Duration.ofSeconds(2);
  static final Duration REPLACE_AFTER = Duration.ofSeconds(2);
  private static final HostPort ANY = new HostPort("127.0.0.1", 0);

  private final Path directory;
  private final String kafka;
  private final Duration lease;
  private final Duration replaceAfter;
  private Duration namespaceGrace = Duration.ofHours(1);
  private final List<Member> members;
  private final ControlPlaneNode[] nodes;
  private final ControlPlaneClient client;

  TestGroup(Path directory, int size, String kafka) throws IOException {
    this(directory, size, kafka, LEASE, REPLACE_AFTER);
  }

  TestGroup(Path directory, int size, String kafka, Duration lease, Duration replaceAfter)
      throws IOException {
    this.directory = directory;
    this.lease = lease;
    this.replaceAfter = replaceAfter;
    this.kafka = kafka;
    List<Integer> ports = freePorts(2 * size);
    List<Member> all = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      all.add(
          new Member(
              "cp-" + i, ANY.withPort(ports.get(2 * i)), ANY.withPort(ports.get(2 * i + 1))));
    }
    this.members = List.copyOf(all);
    this.nodes = new ControlPlaneNode[size];
    this.client =
        new ControlPlaneClient(members.stream().map(m -> m.address().toString()).toList());
  }

  /**
   * Ports for members that keep theirs while they are stopped: below those that the system picks
   * for anybody's connection, and below those of other tests' clusters.
   */
  private static List<Integer> freePorts(int count) {
    Set<Integer> ports = new HashSet<>();
    while (ports.size() < count) {
      int port = ThreadLocalRandom.current().nextInt(12_000, 20_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        ports.add(socket.getLocalPort());
      } catch (IOException e) {
        // Somebody has it.
        continue;
      }
    }
    return List.copyOf(ports);
  }

  /** For how long members that start from now on let a deleted namespace come back. */
  TestGroup namespaceGrace(Duration grace) {
    namespaceGrace = grace;
    return this;
  }

  ControlPlaneConfig config(int i) {
    Member member = members.get(i);
    return new ControlPlaneConfig(
        new ProcessConfig(member.address(), member.address(), ANY),
        member.id(),
        directory.resolve(member.id()),
        members,
        member.raft(),
        kafka,
        Map.of(),
        lease,
        replaceAfter,
        Duration.ofMillis(400),
        namespaceGrace);
  }

  ControlPlaneNode start(int i) throws IOException {
    return start(i, UnaryOperator.identity());
  }

  ControlPlaneNode start(int i, UnaryOperator<RaftMetaStorage> disk) throws IOException {
    Readiness readiness = new Readiness();
    nodes[i] =
        ControlPlaneNode.start(
            config(i), readiness, new ProcessLifecycle(readiness), () -> {}, disk);
    return nodes[i];
  }

  TestGroup startAll() throws IOException {
    for (int i = 0; i < nodes.length; i++) {
      start(i);
    }
    awaitLeader();
    return this;
  }

  void stop(int i) {
    nodes[i].close();
    nodes[i] = null;
  }

  void stopAll() {
    for (int i = 0; i < nodes.length; i++) {
      if (nodes[i] != null) {
        stop(i);
      }
    }
  }

  Member member(int i) {
    return members.get(i);
  }

  ControlPlaneNode node(int i) {
    return nodes[i];
  }

  /** The number of the member that leads. */
  int awaitLeader() {
    await().atMost(LIMIT).until(() -> leader().isPresent());
    return leader().orElseThrow();
  }

  int aFollower() {
    int leader = awaitLeader();
    for (int i = 0; i < nodes.length; i++) {
      if (i != leader && nodes[i] != null) {
        return i;
      }
    }
    throw new AssertionError("there is no follower");
  }

  private Optional<Integer> leader() {
    for (int i = 0; i < nodes.length; i++) {
      if (nodes[i] != null && nodes[i].leads()) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }

  /** Waits until all running members have applied the same. */
  void awaitAgreement() {
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              Set<Long> revisions = new HashSet<>();
              for (ControlPlaneNode node : nodes) {
                if (node != null) {
                  revisions.add(node.replicated().image().revision());
                }
              }
              return revisions.size() == 1;
            });
  }

  ControlPlaneClient client() {
    return client;
  }

  @Override
  public void close() {
    client.close();
    stopAll();
  }
}
