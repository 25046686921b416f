package io.byssus.systemtests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * How much memory a process holds.
 *
 * @param heapMebibytes what of its heap is in use after a collection
 * @param residentMebibytes what it holds of the machine's memory, native memory included
 */
record Footprint(long heapMebibytes, long residentMebibytes) {
  private static final long MEBIBYTE = 1 << 20;

  /** Of a node now: it is made to collect its garbage first. */
  static Footprint of(TestCluster cluster, String node) throws IOException, InterruptedException {
    String pid = Long.toString(cluster.processes().process(node).pid());
    run(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), pid, "GC.run");
    double heap =
        Metrics.value(
            cluster.processes().metricsAddress(node), "jvm_memory_used_bytes", "area=\"heap\"");
    long residentKibibytes = Long.parseLong(run("ps", "-o", "rss=", "-p", pid).strip());
    return new Footprint((long) heap / MEBIBYTE, residentKibibytes / 1024);
  }

  /** How much more this is. */
  Footprint since(Footprint before) {
    return new Footprint(
        heapMebibytes - before.heapMebibytes, residentMebibytes - before.residentMebibytes);
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
    return output;
  }
}
