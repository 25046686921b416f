package io.byssus.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads a YAML file into a module's config record, and reports everything that is wrong with it at
 * once.
 *
 * <pre>{@code
 * ServerConfig config =
 *     ConfigReader.read(
 *         file,
 *         r ->
 *             new ServerConfig(
 *                 r.string("node-id").required(),
 *                 r.path("data").required(),
 *                 r.duration("lease", ofSeconds(1), ofMinutes(5)).orElse(ofSeconds(10)),
 *                 r.section("kafka", k -> new KafkaConfig(k.addresses("bootstrap").required()))));
 * }</pre>
 *
 * <p>The calls in the function are the whole schema: a setting in the file that none of them asked
 * for is unknown, and refused. A setting that is wrong yields a harmless stand-in so that reading
 * goes on and finds the rest; the object built from stand-ins is thrown away. An {@link
 * IllegalArgumentException} from a record's constructor counts as a problem too.
 */
public final class ConfigReader {
  private final Path directory;
  private final List<ConfigProblem> problems = new ArrayList<>();

  private ConfigReader(Path directory) {
    this.directory = directory;
  }

  /**
   * Reads a file.
   *
   * @throws ConfigException if the file cannot be read or has any problem
   */
  public static <T> T read(Path file, Function<Section, T> reader) {
    try {
      var directory = file.toAbsolutePath().getParent();
      return read(file.toString(), directory, Files.readString(file), reader);
    } catch (NoSuchFileException e) {
      throw unreadable(file, "no such file");
    } catch (IOException e) {
      throw unreadable(file, "cannot be read: " + e);
    }
  }

  /** As above, of text; {@code name} stands for the file, {@code directory} is where it lies. */
  static <T> T read(String name, Path directory, String yaml, Function<Section, T> reader) {
    var config = new ConfigReader(directory);
    T value = config.compose(yaml, reader);
    if (!config.problems.isEmpty()) {
      config.problems.sort(Comparator.comparingInt(ConfigProblem::line));
      throw new ConfigException(name, config.problems);
    }
    return value;
  }

  /** Where relative paths in the file start. */
  Path directory() {
    return directory;
  }

  void problem(int line, String text) {
    problems.add(new ConfigProblem(line, text));
  }

  /** Reads one mapping and then refuses what nobody asked for; null only if there is a problem. */
  <T> T section(String path, MappingNode node, Function<Section, T> reader) {
    var section = new Section(this, path, node);
    T value = null;
    try {
      value = reader.apply(section);
    } catch (RuntimeException e) {
      if (problems.isEmpty()) {
        if (!(e instanceof IllegalArgumentException)) {
          throw e;
        }
        problem(section.line(), e.getMessage());
      }
      // Else the constructor stumbled over a stand-in, and the cause is already listed.
    }
    section.refuseUnknown();
    return value;
  }

  private <T> T compose(String yaml, Function<Section, T> reader) {
    var settings = LoadSettings.builder().setSchema(new CoreSchema()).build();
    Node root;
    try {
      root = new Compose(settings).composeString(yaml).orElse(null);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
      problem(line, "not YAML: " + e.getProblem());
      return null;
    } catch (YamlEngineException e) {
      problem(0, "not YAML: " + e.getMessage());
      return null;
    }
    if (root == null || root.getTag().equals(Tag.NULL)) {
      return section("", null, reader);
    }
    if (root instanceof MappingNode mapping) {
      return section("", mapping, reader);
    }
    problem(1, "the file must hold settings, each as 'name: value'");
    return null;
  }

  private static ConfigException unreadable(Path file, String why) {
    return new ConfigException(file.toString(), List.of(new ConfigProblem(0, why)));
  }
}
