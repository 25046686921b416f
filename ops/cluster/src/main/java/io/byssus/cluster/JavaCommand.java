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
 * @param jvm its heap and flags
 * @param properties system properties
 * @param main the main class
 * @param arguments its arguments
 */
public record JavaCommand(
    JvmShape jvm, Map<String, String> properties, String main, List<String> arguments) {

  /** At the JVM's own threshold, 21 MB, starting would be interrupted by full collections. */
  private static final String FIRST_CLASS_COLLECTION = "-XX:MetaspaceSize=128m";

  /** Copies what it is given. */
  public JavaCommand {
    properties = Map.copyOf(properties);
    arguments = List.copyOf(arguments);
  }

  /** The program and its arguments. */
  public List<String> words() {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-Xmx" + jvm.heapMebibytes() + "m");
    words.addAll(jvm.flags());
    words.add(FIRST_CLASS_COLLECTION);
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
  public Map<String, String> environment() {
    return Map.of("CLASSPATH", System.getProperty("java.class.path"));
  }
}
