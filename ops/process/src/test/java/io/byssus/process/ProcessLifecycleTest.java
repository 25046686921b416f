package io.byssus.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class ProcessLifecycleTest {

  @Test
  void closesInReverseOrderAfterSayingSoWhateverBecomesOfOnePart() {
    var readiness = new Readiness();
    var lifecycle = new ProcessLifecycle(readiness);
    var closed = new ArrayList<String>();
    lifecycle.closeAtStop("store", () -> closed.add("store"));
    lifecycle.closeAtStop(
        "broken",
        () -> {
          throw new IllegalStateException("as the test wants");
        });
    lifecycle.closeAtStop("listener", () -> closed.add(readiness.state().reason()));
    lifecycle.stop();
    lifecycle.stop();
    assertEquals(List.of("stopping", "store"), closed);
    lifecycle.closeAtStop("late", () -> closed.add("late"));
    assertEquals(List.of("stopping", "store", "late"), closed);
  }

  @Test
  void sigtermStopsInGoodOrderWithCodeZeroAndTheLogKeepsOneLineAnEvent() throws Exception {
    try (var child = ChildJvm.start(Service.class, "orderly")) {
      assertEquals("started", child.line());
      child.terminate();
      assertEquals("listener closed", child.line());
      assertEquals("store closed", child.line());
      assertNull(child.line());
      assertEquals(0, child.exitCode(10));
      var lines = child.errors().lines().toList();
      assertEquals(3, lines.size(), lines::toString);
      String time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z ";
      assertTrue(
          lines.get(0).matches(time + "INFO  \\[main\\] \\S*Service started port=7 shard=\"3\""),
          lines.get(0));
      assertTrue(
          lines
              .get(1)
              .matches(time + "WARN  .* two \\| lines request_id=abc java.*: why \\| at .*"),
          lines.get(1));
      assertTrue(
          lines.get(2).contains("readiness serving=false reason=\"stopping\""), lines.get(2));
    }
  }

  @Test
  void endsWithItsStandardInputWithinThreeSecondsEvenIfAPartHangs() throws Exception {
    try (var child = ChildJvm.start(Service.class, "orderly")) {
      assertEquals("started", child.line());
      child.endInput();
      assertEquals("listener closed", child.line());
      assertEquals(0, child.exitCode(10));
    }
    try (var child = ChildJvm.start(Service.class, "hanging")) {
      assertEquals("started", child.line());
      child.endInput();
      assertEquals(0, child.exitCode(6));
      assertTrue(child.errors().contains("stop took over 3 s: cut off"));
    }
  }

  @Test
  void aFailureStopsInGoodOrderAndKeepsItsExitCode() throws Exception {
    try (var child = ChildJvm.start(Service.class, "failing")) {
      assertEquals("started", child.line());
      assertEquals("listener closed", child.line());
      assertEquals("store closed", child.line());
      assertEquals(7, child.exitCode(10));
      assertFalse(child.errors().contains("ERROR"));
    }
  }

  @Test
  void aProcessThatStoppedByItselfEndsWithTheCodeOfWhoeverEndsIt() throws Exception {
    try (var child = ChildJvm.start(Service.class, "stopping")) {
      assertEquals("started", child.line());
      assertEquals("listener closed", child.line());
      assertEquals("store closed", child.line());
      assertEquals(3, child.exitCode(10));
    }
  }

  /** A process with two parts. */
  static final class Service {
    private static final Logger log = LoggerFactory.getLogger(Service.class);

    public static void main(String[] args) throws InterruptedException {
      var lifecycle = new ProcessLifecycle(new Readiness());
      lifecycle.stopOnSignals();
      ExitWithStdin.watch(lifecycle);
      lifecycle.closeAtStop("store", () -> System.out.println("store closed"));
      lifecycle.closeAtStop("listener", () -> closeListener(args[0]));
      log.atInfo().addKeyValue("shard", 3).log("started port={}", 7);
      RequestId.run("abc", () -> log.warn("two\nlines", new IllegalStateException("why")));
      System.out.println("started");
      if (args[0].equals("failing")) {
        lifecycle.fail(7);
      }
      if (args[0].equals("stopping")) {
        lifecycle.stop();
        System.exit(3);
      }
      lifecycle.awaitStopped();
    }

    private static void closeListener(String mode) throws InterruptedException {
      if (mode.equals("hanging")) {
        new CountDownLatch(1).await();
      }
      System.out.println("listener closed");
    }
  }
}
