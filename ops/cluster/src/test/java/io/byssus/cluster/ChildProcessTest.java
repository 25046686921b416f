package io.byssus.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path folder;
  private ChildProcess child;

  @BeforeEach
  void makeOne() {
    child = new ChildProcess("child", folder.resolve("child.log"));
  }

  @AfterEach
  void endIt() {
    child.close();
  }

  @Test
  void aKilledChildIsGoneWhenKillReturnsAndCanBeStartedAgain() throws IOException {
    start(EchoUntilStdinEnds.class, Map.of());
    awaitLog("started");
    ProcessHandle first = ProcessHandle.of(child.pid()).orElseThrow();
    child.kill();
    assertFalse(first.isAlive());
    assertEquals(OptionalInt.of(137), child.exitCode());

    start(EchoUntilStdinEnds.class, Map.of("hook", "second"));
    awaitLog("second");
    assertTrue(child.isAlive());
    assertEquals(OptionalInt.empty(), child.exitCode());
    assertFalse(child.logTail(100).contains("stdin ended"));
  }

  @Test
  void aRunningChildIsNotStartedTwice() throws IOException {
    start(EchoUntilStdinEnds.class, Map.of());
    assertThrows(IllegalStateException.class, () -> start(EchoUntilStdinEnds.class, Map.of()));
  }

  @Test
  void stopIsSigterm() throws IOException {
    start(EchoUntilStdinEnds.class, Map.of());
    awaitLog("started");
    assertTrue(child.stop(LIMIT));
    assertEquals(OptionalInt.of(143), child.exitCode());
  }

  @Test
  void aSuspendedChildAnswersNothingUntilItIsResumed() throws IOException {
    start(EchoUntilStdinEnds.class, Map.of());
    awaitLog("started");
    child.suspend();
    assertFalse(child.stop(Duration.ofMillis(300)), "a stopped process cannot handle SIGTERM");

    start(EchoUntilStdinEnds.class, Map.of());
    child.suspend();
    child.resume();
    assertTrue(child.stop(LIMIT));
  }

  @Test
  void onlyTheEndOfTheLogIsTold() throws IOException {
    assertEquals("", child.logTail(3));
    start(EchoUntilStdinEnds.class, Map.of("hook", "a"));
    awaitLog("started");
    child.kill();
    start(EchoUntilStdinEnds.class, Map.of("hook", "b"));
    awaitLog("started one b");
    assertEquals("started one b", child.logTail(1));
    assertEquals("started one a\nstarted one b", child.logTail(2));
  }

  @Test
  void childrenEndWithinFiveSecondsOfTheirParentsSigkill() throws IOException {
    start(ParentOfTwo.class, Map.of());
    await().atMost(LIMIT).until(() -> child.logTail(9).lines().count() == 2);
    List<ProcessHandle> grandchildren =
        child
            .logTail(9)
            .lines()
            .map(line -> Long.parseLong(line.substring("child ".length())))
            .map(pid -> ProcessHandle.of(pid).orElseThrow())
            .toList();
    assertTrue(grandchildren.stream().allMatch(ProcessHandle::isAlive));
    child.kill();
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> grandchildren.stream().noneMatch(ProcessHandle::isAlive));
  }

  private void start(Class<?> main, Map<String, String> properties) throws IOException {
    List<String> arguments =
        main == ParentOfTwo.class ? List.of(folder.toString()) : List.of("one");
    JavaCommand command =
        new JavaCommand(JvmShape.shortLived(32), properties, main.getName(), arguments);
    child.start(command.words(), command.environment());
  }

  private void awaitLog(String text) {
    await().atMost(LIMIT).until(() -> child.logTail(100).contains(text));
  }
}
