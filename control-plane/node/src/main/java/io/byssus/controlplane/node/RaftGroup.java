package io.byssus.controlplane.node;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.RaftGroupService;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.rpc.RaftRpcServerFactory;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.util.Endpoint;
import io.byssus.process.HostPort;
import io.byssus.proto.internal.v1.ControlCommand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** This member's place in the Raft group: proposes commands, and knows who leads. */
final class RaftGroup implements AutoCloseable {
  private static final String GROUP = "control-plane";
  private static final int SNAPSHOT_SECONDS = 300;
  private static final int TIMER_THREADS = 2;
  private static final int RPC_THREADS = 6;
  private static final int RPC_QUEUE = 10_000;
  private static final int CLIENT_THREADS = 6;
  private static final int DISRUPTOR_EVENTS = 4_096;

  private final List<Member> members;
  private final ExecutorService rpcThreads;
  private final RaftGroupService service;
  private final Node node;

  private RaftGroup(
      List<Member> members, ExecutorService rpcThreads, RaftGroupService service, Node node) {
    this.members = members;
    this.rpcThreads = rpcThreads;
    this.service = service;
    this.node = node;
  }

  /**
   * Joins the group: recovers what is on disk, and takes part.
   *
   * @param listen where the other members reach this one
   * @param directory where the log, the vote and the snapshots are kept
   * @throws IOException where the address is taken or what is on disk cannot be used
   */
  static RaftGroup join(
      Member self,
      List<Member> members,
      HostPort listen,
      Path directory,
      Duration electionTimeout,
      ReplicatedState state,
      GuardedRaftServices services)
      throws IOException {
    Files.createDirectories(directory);
    NodeOptions options = options(members, directory, electionTimeout, state, services);
    ExecutorService rpcThreads = rpcThreads();
    RpcServer server =
        RaftRpcServerFactory.createRaftRpcServer(
            new Endpoint(listen.host(), listen.port()), rpcThreads, rpcThreads);
    RaftGroupService service = new RaftGroupService(GROUP, self.peer(), options, server);
    try {
      return new RaftGroup(members, rpcThreads, service, service.start());
    } catch (RuntimeException | Error e) {
      service.shutdown();
      rpcThreads.shutdownNow();
      throw new IOException("Raft cannot start in " + directory + " at " + listen + ": " + e, e);
    }
  }

  private static ExecutorService rpcThreads() {
    AtomicInteger number = new AtomicInteger();
    return new ThreadPoolExecutor(
        RPC_THREADS,
        RPC_THREADS,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(RPC_QUEUE),
        task -> new Thread(task, "raft-rpc-" + number.incrementAndGet()));
  }

  private static NodeOptions options(
      List<Member> members,
      Path directory,
      Duration electionTimeout,
      ReplicatedState state,
      GuardedRaftServices services) {
    NodeOptions options = new NodeOptions();
    options.setFsm(state);
    options.setServiceFactory(services);
    options.setInitialConf(
        new Configuration(members.stream().map(Member::peer).collect(Collectors.toList())));
    options.setLogUri(directory.resolve("log").toString());
    options.setRaftMetaUri(directory.resolve("meta").toString());
    options.setSnapshotUri(directory.resolve("snapshot").toString());
    options.setElectionTimeoutMs((int) electionTimeout.toMillis());
    options.setSnapshotIntervalSecs(SNAPSHOT_SECONDS);
    options.setDisableCli(true);
    options.setTimerPoolSize(TIMER_THREADS);
    // A node's own timers are wheels that turn every millisecond: 4,000 wake-ups a second at rest.
    options.setSharedElectionTimer(true);
    options.setSharedVoteTimer(true);
    options.setSharedStepDownTimer(true);
    options.setSharedSnapshotTimer(true);
    options.setRpcProcessorThreadPoolSize(CLIENT_THREADS);
    RaftOptions raft = new RaftOptions();
    raft.setSync(true);
    raft.setSyncMeta(true);
    raft.setEnableLogEntryChecksum(true);
    raft.setOpenStatistics(false);
    raft.setDisruptorBufferSize(DISRUPTOR_EVENTS);
    raft.setMaxElectionDelayMs((int) Math.min(1_000, electionTimeout.toMillis()));
    options.setRaftOptions(raft);
    return options;
  }

  /** Has a command committed and applied; fails where this member does not lead. */
  CompletableFuture<Outcome> propose(ControlCommand command) {
    Proposal proposal = new Proposal();
    node.apply(new Task(ByteBuffer.wrap(command.toByteArray()), proposal));
    return proposal.outcome();
  }

  /** The member that leads, as far as this one knows. */
  Optional<Member> leader() {
    PeerId leader = node.getLeaderId();
    return leader == null ? Optional.empty() : member(leader);
  }

  /** The ids of the members that are up, as far as this one knows; of use on the leader only. */
  Set<String> alive() {
    try {
      return node.listAlivePeers().stream()
          .map(this::member)
          .flatMap(Optional::stream)
          .map(Member::id)
          .collect(Collectors.toSet());
    } catch (IllegalStateException e) {
      // Not the leader any more.
      return Set.of();
    }
  }

  private Optional<Member> member(PeerId peer) {
    return members.stream().filter(member -> member.peer().equals(peer)).findFirst();
  }

  /** Takes a snapshot in the background and cuts the log behind it. */
  CompletableFuture<Void> snapshot() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    node.snapshot(
        status -> {
          if (status.isOk()) {
            done.complete(null);
          } else {
            done.completeExceptionally(new IOException("no snapshot: " + status));
          }
        });
    return done;
  }

  /** Takes part no more, as a member that has halted must; does not wait for the end of it. */
  void leave() {
    node.shutdown();
  }

  /** Leaves; a leader hands over first. */
  @Override
  public void close() throws InterruptedException {
    service.shutdown();
    service.join();
    rpcThreads.shutdownNow();
  }
}
