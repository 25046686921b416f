package io.byssus.process;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * The settings of one mapping in a configuration file. Every method names a setting and says what
 * it must look like; see {@link ConfigReader} for how they are put together. An empty value ({@code
 * name:}) counts as absent.
 */
public final class Section {
  private final ConfigReader config;
  private final String path;
  private final int line;
  private final Map<String, NodeTuple> present = new LinkedHashMap<>();
  private final TreeSet<String> asked = new TreeSet<>();

  Section(ConfigReader config, String path, MappingNode node) {
    this.config = config;
    this.path = path;
    this.line = node == null ? 0 : line(node);
    if (node != null) {
      node.getValue().forEach(this::add);
    }
  }

  /** Any text, on one line. */
  public Setting<String> string(String key) {
    return scalar(key, "", "text", text -> text.isBlank() ? null : text);
  }

  /** {@code true} or {@code false}. */
  public Setting<Boolean> flag(String key) {
    return scalar(
        key,
        false,
        "true or false",
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> null;
            });
  }

  /** A whole number from {@code min} to {@code max}. */
  public Setting<Integer> integer(String key, int min, int max) {
    return scalar(
        key,
        min,
        "a whole number from " + min + " to " + max,
        text -> {
          long number = text.matches("-?[0-9]{1,18}") ? Long.parseLong(text) : Long.MIN_VALUE;
          return min <= number && number <= max ? (int) number : null;
        });
  }

  /** A time span such as {@code 250ms}, {@code 5s}, {@code 10m}, {@code 24h} or {@code 7d}. */
  public Setting<Duration> duration(String key, Duration min, Duration max) {
    String shape = "a duration such as 250ms, 5s or 10m, from %s to %s";
    return scalar(
        key,
        min,
        shape.formatted(DurationText.write(min), DurationText.write(max)),
        text ->
            DurationText.parse(text)
                .filter(value -> value.compareTo(min) >= 0 && value.compareTo(max) <= 0)
                .orElse(null));
  }

  /** A number of bytes such as {@code 512B}, {@code 64MiB} or {@code 2GiB}. */
  public Setting<DataSize> size(String key, DataSize min, DataSize max) {
    return scalar(
        key,
        min,
        "a size such as 64KiB, 16MiB or 2GiB, from " + min + " to " + max,
        text ->
            DataSize.parse(text)
                .filter(value -> value.compareTo(min) >= 0 && value.compareTo(max) <= 0)
                .orElse(null));
  }

  /** An address {@code host:port}; an IPv6 host stands in brackets. */
  public Setting<HostPort> address(String key) {
    return scalar(
        key, HostPort.STAND_IN, HostPort.SHAPE, text -> HostPort.parse(text).orElse(null));
  }

  /** A path of a file or folder; a relative one starts where the configuration file lies. */
  public Setting<Path> path(String key) {
    return scalar(key, Path.of(""), "a path", this::toPath);
  }

  /** One of an enum's constants, written in lower case with hyphens. */
  public <E extends Enum<E>> Setting<E> oneOf(String key, Class<E> type) {
    var names = new LinkedHashMap<String, E>();
    for (E constant : type.getEnumConstants()) {
      names.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
    }
    String shape = "one of " + String.join(", ", names.keySet());
    return scalar(key, type.getEnumConstants()[0], shape, names::get);
  }

  /** A list of text. */
  public Setting<List<String>> strings(String key) {
    return list(key, "text", text -> text.isBlank() ? null : text);
  }

  /** A list of addresses {@code host:port}. */
  public Setting<List<HostPort>> addresses(String key) {
    return list(key, HostPort.SHAPE, text -> HostPort.parse(text).orElse(null));
  }

  /** Free settings, name to text, as another program understands them. */
  public Setting<Map<String, String>> properties(String key) {
    var properties = new LinkedHashMap<String, String>();
    var node = take(key);
    if (node.isEmpty()) {
      return absent(key, properties);
    }
    if (!(node.get() instanceof MappingNode mapping)) {
      return wrong(key, node.get(), "must hold settings, each as 'name: value'", properties);
    }
    var inner = new Section(config, name(key), mapping);
    for (String property : inner.present.keySet()) {
      properties.put(property, inner.string(property).orElse(""));
    }
    return new Setting<>(config, name(key), line(mapping), properties, properties, true);
  }

  /** Settings within; where they are absent, all of them are, so that their defaults apply. */
  public <T> T section(String key, Function<Section, T> reader) {
    var node = take(key).orElse(null);
    if (node == null || node instanceof MappingNode) {
      return config.section(name(key), (MappingNode) node, reader);
    }
    problem(key, "must hold settings, each as 'name: value'");
    return null;
  }

  /** Settings within that may be absent as a whole. */
  public <T> Optional<T> optionalSection(String key, Function<Section, T> reader) {
    return take(key).isEmpty() ? Optional.empty() : Optional.ofNullable(section(key, reader));
  }

  /** A list of settings within. */
  public <T> Setting<List<T>> sections(String key, Function<Section, T> reader) {
    var values = new ArrayList<T>();
    var node = take(key);
    if (node.isEmpty()) {
      return absent(key, values);
    }
    if (!(node.get() instanceof SequenceNode sequence)) {
      return wrong(key, node.get(), "must be a list", values);
    }
    for (Node entry : sequence.getValue()) {
      String entryName = name(key) + "[" + values.size() + "]";
      if (entry instanceof MappingNode mapping) {
        values.add(config.section(entryName, mapping, reader));
      } else {
        config.problem(line(entry), entryName + ": must hold settings, each as 'name: value'");
      }
    }
    return new Setting<>(config, name(key), line(sequence), values, values, true);
  }

  /** Reports a problem that a setting has only together with others. */
  public void problem(String key, String text) {
    var tuple = present.get(key);
    config.problem(tuple == null ? line : line(tuple.getKeyNode()), name(key) + ": " + text);
  }

  /** Where this mapping starts; 0 where it is absent. */
  int line() {
    return line;
  }

  void refuseUnknown() {
    present.forEach(
        (key, tuple) -> {
          if (!asked.contains(key)) {
            String hint =
                Spelling.nearest(key, asked).map(s -> "; did you mean " + s + "?").orElse("");
            config.problem(line(tuple.getKeyNode()), "unknown setting " + name(key) + hint);
          }
        });
  }

  private void add(NodeTuple tuple) {
    if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
      config.problem(line(tuple.getKeyNode()), "the name of a setting must be text");
    } else if (present.putIfAbsent(key.getValue(), tuple) != null) {
      int first = line(present.get(key.getValue()).getKeyNode());
      config.problem(line(key), name(key.getValue()) + ": already set in line " + first);
    }
  }

  /** The setting's value; empty if it is absent or empty. */
  private Optional<Node> take(String key) {
    asked.add(key);
    return Optional.ofNullable(present.get(key))
        .map(NodeTuple::getValueNode)
        .filter(node -> !node.getTag().equals(Tag.NULL));
  }

  /** {@code parse} gives null for what does not have the shape. */
  private <T> Setting<T> scalar(String key, T standIn, String shape, Function<String, T> parse) {
    var node = take(key);
    if (node.isEmpty()) {
      return absent(key, standIn);
    }
    T value = node.get() instanceof ScalarNode scalar ? parse.apply(scalar.getValue()) : null;
    if (value == null) {
      return wrong(key, node.get(), given(node.get()) + " is not " + shape, standIn);
    }
    return new Setting<>(config, name(key), line(node.get()), value, standIn, true);
  }

  private <T> Setting<List<T>> list(String key, String shape, Function<String, T> parse) {
    var values = new ArrayList<T>();
    var node = take(key);
    if (node.isEmpty()) {
      return absent(key, values);
    }
    if (!(node.get() instanceof SequenceNode sequence)) {
      return wrong(key, node.get(), "must be a list", values);
    }
    for (Node entry : sequence.getValue()) {
      T value = entry instanceof ScalarNode scalar ? parse.apply(scalar.getValue()) : null;
      if (value == null) {
        config.problem(line(entry), name(key) + ": " + given(entry) + " is not " + shape);
      } else {
        values.add(value);
      }
    }
    return new Setting<>(config, name(key), line(sequence), List.copyOf(values), values, true);
  }

  private <T> Setting<T> absent(String key, T standIn) {
    return new Setting<>(config, name(key), line, null, standIn, false);
  }

  private <T> Setting<T> wrong(String key, Node node, String text, T standIn) {
    config.problem(line(node), name(key) + ": " + text);
    // Present, so that "missing" is not said on top.
    return new Setting<>(config, name(key), line(node), null, standIn, true);
  }

  private Path toPath(String text) {
    try {
      return text.isBlank() ? null : config.directory().resolve(text).normalize();
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private String name(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static String given(Node node) {
    return node instanceof ScalarNode scalar
        ? '"' + scalar.getValue() + '"'
        : node instanceof SequenceNode ? "a list" : "a group of settings";
  }

  private static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
  }
}
