package io.byssus.controlplane.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.process.ProcessLifecycle;
import io.byssus.process.Readiness;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real members of a real JRaft group, one of them on a disk that fails. */
@Timeout(60)
final class VoteStorageTest {
  @TempDir Path directory;

  @Test
  void aMemberWhoseOwnVoteCannotBeStoredHaltsAndHasAskedNobody() throws Exception {
    try (TestGroup group = new TestGroup(directory, 3, "127.0.0.1:1")) {
      // The others have patience: only the faulty member becomes a candidate meanwhile.
      ControlPlaneNode patient1 = startPatient(group, 1);
      ControlPlaneNode patient2 = startPatient(group, 2);
      try {
        var self = group.member(0).peer();
        ControlPlaneNode faulty =
            group.start(0, storage -> new FaultyMetaStorage(storage, self::equals));
        await().atMost(TestGroup.LIMIT).until(() -> faulty.halted().state().isPresent());
        assertEquals(HaltReason.VOTE_NOT_STORED, faulty.halted().state().orElseThrow().reason());
        await()
            .atMost(TestGroup.LIMIT)
            .until(() -> faulty.state().reason().contains("VOTE_NOT_STORED"));
        assertFalse(faulty.state().serving());
        // A request for votes would have taken the others to term 1.
        await()
            .during(Duration.ofSeconds(1))
            .atMost(TestGroup.LIMIT)
            .until(() -> term(patient1) == 0 && term(patient2) == 0);
      } finally {
        patient1.close();
        patient2.close();
      }
    }
  }

  @Test
  void aMemberThatCannotStoreItsVoteForAnotherEndsItsProcessAndDoesNotVote() throws Exception {
    AtomicInteger halts = new AtomicInteger();
    try (TestGroup group = new TestGroup(directory, 3, "127.0.0.1:1")) {
      var candidate = group.member(0).peer();
      ControlPlaneNode[] faulty = new ControlPlaneNode[3];
      try {
        for (int i = 1; i < 3; i++) {
          Readiness readiness = new Readiness();
          faulty[i] =
              ControlPlaneNode.start(
                  patient(group.config(i)),
                  readiness,
                  new ProcessLifecycle(readiness),
                  halts::incrementAndGet,
                  storage -> new FaultyMetaStorage(storage, candidate::equals));
        }
        group.start(0);
        await().atMost(TestGroup.LIMIT).until(() -> halts.get() >= 2);
        // Neither vote was given, also not to a request that was repeated.
        await()
            .during(Duration.ofSeconds(1))
            .atMost(TestGroup.LIMIT)
            .until(() -> !group.node(0).leads());
      } finally {
        faulty[1].close();
        faulty[2].close();
      }
    }
  }

  @Test
  void withGoodDisksTheSameMembersElectALeaderAndRememberTheVote() throws Exception {
    try (TestGroup group = new TestGroup(directory, 3, "127.0.0.1:1")) {
      ControlPlaneNode patient1 = startPatient(group, 1);
      ControlPlaneNode patient2 = startPatient(group, 2);
      try {
        ControlPlaneNode eager = group.start(0);
        await().atMost(TestGroup.LIMIT).until(eager::leads);
        assertTrue(Math.max(term(patient1), term(patient2)) >= 1);
      } finally {
        patient1.close();
        patient2.close();
      }
    }
  }

  private static long term(ControlPlaneNode node) {
    return node.votes().storedTerm();
  }

  private static ControlPlaneNode startPatient(TestGroup group, int i) throws Exception {
    Readiness readiness = new Readiness();
    return ControlPlaneNode.start(
        patient(group.config(i)),
        readiness,
        new ProcessLifecycle(readiness),
        () -> {},
        UnaryOperator.identity());
  }

  private static ControlPlaneConfig patient(ControlPlaneConfig config) {
    return new ControlPlaneConfig(
        config.process(),
        config.nodeId(),
        config.data(),
        config.members(),
        config.raftListen(),
        config.kafkaBootstrap(),
        config.kafkaProperties(),
        config.lease(),
        config.replaceAfter(),
        Duration.ofSeconds(55),
        config.namespaceGrace());
  }
}
