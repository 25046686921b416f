package io.byssus.cluster;

import java.util.List;

/**
 * The JVM that a process is given.
 *
 * @param heapMebibytes the largest heap
 * @param flags flags beside the heap
 */
public record JvmShape(int heapMebibytes, List<String> flags) {
  /**
   * Eight JVMs that start at once on two cores and live for a minute: quick compilation beats good
   * code. The demo as a whole took 89 seconds of processor time so, and 133 with both compilers.
   */
  private static final List<String> SHORT_LIVED =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

  /** What the launcher gives the roles. */
  private static final List<String> LONG_LIVED =
      List.of("-XX:+UseParallelGC", "-Dio.grpc.netty.shaded.io.netty.leakDetection.level=disabled");

  /** Checks the heap. */
  public JvmShape {
    if (heapMebibytes < 1) {
      throw new IllegalArgumentException("heapMebibytes must be 1 or more, is " + heapMebibytes);
    }
    flags = List.copyOf(flags);
  }

  /** For processes that live for a minute, many on one machine: starts quickly, runs slowly. */
  public static JvmShape shortLived(int heapMebibytes) {
    return new JvmShape(heapMebibytes, SHORT_LIVED);
  }

  /** As in production: both compilers, and the collector that leaves them most of the processor. */
  public static JvmShape longLived(int heapMebibytes) {
    return new JvmShape(heapMebibytes, LONG_LIVED);
  }
}
