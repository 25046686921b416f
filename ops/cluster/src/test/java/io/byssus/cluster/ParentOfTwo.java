package io.byssus.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A supervisor with two children, whose process ids it prints; never ends by itself. */
final class ParentOfTwo {
  private ParentOfTwo() {}

  public static void main(String[] args) throws Exception {
    for (int i = 0; i < 2; i++) {
      ChildProcess child = new ChildProcess("child-" + i, Path.of(args[0], "child-" + i + ".log"));
      JavaCommand command =
          new JavaCommand(
              JvmShape.shortLived(32),
              Map.of(),
              EchoUntilStdinEnds.class.getName(),
              List.of("child-" + i));
      child.start(command.words(), command.environment());
      System.out.println("child " + child.pid());
    }
    Thread.currentThread().join();
  }
}
