package io.byssus.controlplane.node;

import io.byssus.process.HostPort;
import io.byssus.process.ProcessConfig;
import io.byssus.process.Section;
import io.byssus.process.Setting;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The settings of a control-plane member.
 *
 * @param process its addresses
 * @param nodeId which of the members it is
 * @param data where it keeps its Raft log and snapshots
 * @param members the whole group: 1, 3 or 5, the same list on every member
 * @param raftListen where it listens for the other members
 * @param kafkaBootstrap the Kafka cluster that holds the log, {@code host:port} with commas between
 * @param kafkaProperties further settings of Kafka clients, such as those for security
 * @param lease how long a node counts as up after its last heartbeat
 * @param replaceAfter how long a server may be down before its replicas are placed elsewhere
 * @param electionTimeout how long the leader may be silent before another is elected
 * @param namespaceGrace for how long a deleted namespace can be undeleted
 */
public record ControlPlaneConfig(
    ProcessConfig process,
    String nodeId,
    Path data,
    List<Member> members,
    HostPort raftListen,
    String kafkaBootstrap,
    Map<String, String> kafkaProperties,
    Duration lease,
    Duration replaceAfter,
    Duration electionTimeout,
    Duration namespaceGrace) {
  private static final HostPort LISTEN = new HostPort("127.0.0.1", 7402);
  private static final HostPort METRICS = new HostPort("127.0.0.1", 9402);
  private static final Set<Integer> GROUP_SIZES = Set.of(1, 3, 5);

  /** Takes copies and checks the group. */
  public ControlPlaneConfig {
    members = List.copyOf(members);
    kafkaProperties = Map.copyOf(kafkaProperties);
    List<String> problems = groupProblems(members, nodeId);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("members: " + String.join("; ", problems));
    }
  }

  /** Reads a configuration file. */
  public static ControlPlaneConfig read(Section file) {
    ProcessConfig process = ProcessConfig.read(file, LISTEN, METRICS);
    String nodeId = file.string("node-id").required();
    List<Member> members = readMembers(file, nodeId);
    HostPort raft =
        members.stream()
            .filter(member -> member.id().equals(nodeId))
            .map(Member::raft)
            .findFirst()
            .orElse(LISTEN);
    HostPort raftListen = file.address("raft-listen").orElse(raft);
    checkReach(file, raftListen);
    Kafka kafka =
        file.section(
            "kafka",
            section ->
                new Kafka(
                    section.string("bootstrap").required(),
                    section.properties("properties").orElse(Map.of())));
    Path data = file.path("data").required();
    Duration lease =
        file.duration("lease", Duration.ofSeconds(1), Duration.ofMinutes(5))
            .orElse(Duration.ofSeconds(5));
    Duration replaceAfter =
        file.duration("replace-after", Duration.ofSeconds(1), Duration.ofDays(7))
            .orElse(Duration.ofMinutes(10));
    Duration electionTimeout =
        file.duration("election-timeout", Duration.ofMillis(200), Duration.ofMinutes(1))
            .orElse(Duration.ofSeconds(1));
    Duration namespaceGrace =
        file.duration("namespace-grace", Duration.ofSeconds(1), Duration.ofDays(30))
            .orElse(Duration.ofHours(24));
    return new ControlPlaneConfig(
        process,
        nodeId,
        data,
        members,
        raftListen,
        kafka.bootstrap(),
        kafka.properties(),
        lease,
        replaceAfter,
        electionTimeout,
        namespaceGrace);
  }

  private record Kafka(String bootstrap, Map<String, String> properties) {}

  /** The members that could be read; what is wrong with the group is reported. */
  private static List<Member> readMembers(Section file, String nodeId) {
    Setting<List<Member>> setting = file.sections("members", ControlPlaneConfig::readMember);
    List<Member> members = setting.required().stream().filter(Objects::nonNull).toList();
    if (setting.optional().isPresent()) {
      groupProblems(members, nodeId).forEach(problem -> file.problem("members", problem));
    }
    return members;
  }

  private static Member readMember(Section member) {
    return new Member(
        member.string("id").required(),
        member.address("address").check(ControlPlaneConfig::hasPort, "with a port").required(),
        member.address("raft").check(ControlPlaneConfig::hasPort, "with a port").required());
  }

  private static boolean hasPort(HostPort address) {
    return address.port() != 0;
  }

  private static void checkReach(Section file, HostPort raftListen) {
    try {
      if (!file.flag("insecure").orElse(false) && !raftListen.isLoopback()) {
        file.problem(
            "raft-listen",
            raftListen
                + " can be reached from other machines, without encryption or authentication;"
                + " say 'insecure: true' if their network is trusted, or use 127.0.0.1");
      }
    } catch (UnknownHostException e) {
      file.problem("raft-listen", "the host of " + raftListen + " is unknown here");
    }
  }

  private static List<String> groupProblems(List<Member> members, String nodeId) {
    List<String> problems = new ArrayList<>();
    if (!GROUP_SIZES.contains(members.size())) {
      problems.add("must be 1, 3 or 5; are " + members.size());
    }
    problems.addAll(repeats("ids", members.stream().map(Member::id)));
    problems.addAll(repeats("addresses", addresses(members, Member::address)));
    problems.addAll(repeats("Raft addresses", addresses(members, Member::raft)));
    // An id that is missing is a problem of its own, told already.
    if (!nodeId.isEmpty() && members.stream().noneMatch(member -> member.id().equals(nodeId))) {
      problems.add("none has this node-id, " + nodeId);
    }
    return problems;
  }

  private static Stream<String> addresses(List<Member> members, Function<Member, HostPort> which) {
    return members.stream().map(which).filter(ControlPlaneConfig::hasPort).map(HostPort::toString);
  }

  private static List<String> repeats(String what, Stream<String> values) {
    Set<String> seen = new HashSet<>();
    return values
        .filter(value -> !value.isEmpty() && !seen.add(value))
        .distinct()
        .map(value -> what + " must differ; " + value + " stands there twice")
        .toList();
  }

  /** This member, as the others know it. */
  Member self() {
    return members.stream().filter(member -> member.id().equals(nodeId)).findFirst().orElseThrow();
  }
}
