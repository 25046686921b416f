package io.byssus.cluster;

import java.io.IOException;

/**
 * Takes down what a run has started, and removes its folder, where the JVM is told to end in the
 * midst of it. Processes end with this JVM by themselves; files do not. To be closed when the run
 * is over, which then cleans up by itself.
 */
public final class ExitCleanUp implements AutoCloseable {
  private final Thread hook;

  /**
   * From now on.
   *
   * @param started what uses the folder
   */
  public ExitCleanUp(AutoCloseable started, ThrowAwayFolder folder) {
    this.hook = new Thread(() -> cleanUp(started, folder), "clean-up");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The run is over. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM ends already, and the hook does its work.
    }
  }

  private static void cleanUp(AutoCloseable started, ThrowAwayFolder folder) {
    try {
      started.close();
    } catch (Exception e) {
      System.err.println("byssus: cannot end what was started: " + e.getMessage());
    }
    try {
      folder.close();
    } catch (IOException e) {
      System.err.println("byssus: cannot remove " + folder.path() + ": " + e.getMessage());
    }
  }
}
