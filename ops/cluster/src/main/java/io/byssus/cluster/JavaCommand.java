package io.byssus.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a main class is run in a JVM of its own that is like this one: the same {@code java}, the
 * same class path.
 *
 * @param heapMebibytes the largest heap
 * @param flags flags of the JVM beside the heap
 * @param properties system properties
 * @param main the main class
 * @param arguments its arguments
 */
record JavaCommand(
    int heapMebibytes,
    List<String> flags,
    Map<String, String> properties,
    String main,
    List<String> arguments) {

  /** The program and its arguments. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-Xmx" + heapMebibytes + "m");
    words.addAll(flags);
    words.add("-XX:+ExitOnOutOfMemoryError");
    words.add("-Dcom.google.protobuf.use_unsafe_pre22_gencode");
    words.add("--enable-native-access=ALL-UNNAMED");
    if (Runtime.version().feature() >= 24) {
      words.add("--sun-misc-unsafe-memory-access=allow");
    }
    new TreeMap<>(properties).forEach((key, value) -> words.add("-D" + key + "=" + value));
    words.add(main);
    words.addAll(arguments);
    return List.copyOf(words);
  }

  /** The class path goes here, so that the list of processes stays readable. */
  Map<String, String> environment() {
    return Map.of("CLASSPATH", System.getProperty("java.class.path"));
  }
}
