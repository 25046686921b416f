package io.byssus.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What an application gets on its runtime class path with the SDK equals the list checked in as
 * {@code runtime-dependencies.txt}: gRPC, protobuf, slf4j-api and what these bring. Anything that
 * comes, goes or changes its version is to be seen in a change of that file.
 */
class RuntimeDependenciesTest {
  private static final Pattern LINE =
      Pattern.compile("(?m)^ +([\\w.-]+):([\\w.-]+):jar:([\\w.-]+):(?:compile|runtime)");

  @Test
  void equalTheCheckedList() throws IOException {
    var found = new StringBuilder();
    LINE.matcher(Files.readString(Path.of("target/runtime-dependencies.txt")))
        .results()
        .map(line -> line.group(1) + ":" + line.group(2) + version(line.group(1), line.group(3)))
        .sorted()
        .forEach(line -> found.append(line).append('\n'));
    var expected = Files.readString(Path.of("src/test/resources/runtime-dependencies.txt"));
    assertEquals(expected, found.toString());
  }

  /** Our own version says nothing here. */
  private static String version(String groupId, String version) {
    return groupId.equals("io.byssus") ? "" : ":" + version;
  }
}
