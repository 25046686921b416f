package io.byssus.bench.stage;

import io.byssus.bench.engine.NotInstalledException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process has of the machine's memory, by the operating system.
 *
 * @param residentBytes all that is in memory, the files that it has mapped among it
 * @param anonymousBytes what belongs to no file: heap, native memory, stacks
 */
public record ProcessMemory(long residentBytes, long anonymousBytes) {
  /**
   * Of a process that runs.
   *
   * @throws NotInstalledException where the system does not tell: it is not Linux
   */
  public static ProcessMemory of(long pid) throws IOException, NotInstalledException {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    if (!Files.isDirectory(Path.of("/proc/self"))) {
      throw new NotInstalledException("this system has no /proc");
    }
    List<String> lines = Files.readAllLines(status);
    return new ProcessMemory(bytes(lines, "VmRSS:"), bytes(lines, "RssAnon:"));
  }

  private static long bytes(List<String> lines, String name) {
    return lines.stream()
            .filter(line -> line.startsWith(name))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("the system does not tell " + name))
        << 10;
  }
}
