package io.byssus.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
  @TempDir Path dir;

  enum Mode {
    READ_WRITE,
    READ_ONLY
  }

  record Log(List<HostPort> bootstrap, Map<String, String> properties) {
    Log {
      if (bootstrap.isEmpty()) {
        throw new IllegalArgumentException("log.bootstrap: needs at least one address");
      }
    }
  }

  record Rule(String name, int weight) {}

  record Config(
      String node,
      int shards,
      Duration lease,
      DataSize cache,
      HostPort listen,
      Path data,
      boolean insecure,
      Mode mode,
      List<String> labels,
      Log log,
      Optional<Rule> extra,
      List<Rule> rules) {
    Config {
      if (node.isBlank()) {
        throw new IllegalArgumentException("a constructor that does not like stand-ins");
      }
    }
  }

  private static Config config(Section r) {
    return new Config(
        r.string("node-id").check(id -> id.matches("[a-z0-9-]+"), "a-z, 0-9 and -").required(),
        r.integer("shards", 1, 65_536).orElse(16),
        r.duration("lease", Duration.ofSeconds(1), Duration.ofHours(1))
            .orElse(Duration.ofMinutes(2)),
        r.size("cache", DataSize.ofMib(1), DataSize.ofGib(64)).orElse(DataSize.ofMib(64)),
        r.address("listen").orElse(new HostPort("127.0.0.1", 7400)),
        r.path("data").orElse(Path.of("/var/lib/byssus")),
        r.flag("insecure").orElse(false),
        r.oneOf("mode", Mode.class).orElse(Mode.READ_WRITE),
        r.strings("labels").orElse(List.of()),
        r.section(
            "log",
            k ->
                new Log(
                    k.addresses("bootstrap").orElse(List.of(new HostPort("127.0.0.1", 9092))),
                    k.properties("properties").orElse(Map.of()))),
        r.optionalSection("extra", ConfigReaderTest::rule),
        r.sections("rules", ConfigReaderTest::rule).orElse(List.of()));
  }

  private static Rule rule(Section r) {
    return new Rule(r.string("name").required(), r.integer("weight", 0, 10).orElse(1));
  }

  @Test
  void readsEveryTypeOfSetting() throws Exception {
    var config =
        readFile(
            """
            # A comment
            node-id: server-1
            shards: 1024
            lease: 90s
            cache: 512MiB
            listen: "[::1]:7401"
            data: data/one
            insecure: true
            mode: read-only
            labels: [a, 7]
            log:
              bootstrap: [kafka-1:9092, kafka-2:9092]
              properties:
                security.protocol: SSL
                retries: 3
            extra: {name: only}
            rules:
              - name: first
                weight: 2
              - name: second
            """,
            ConfigReaderTest::config);
    assertEquals(
        new Config(
            "server-1",
            1_024,
            Duration.ofSeconds(90),
            DataSize.ofMib(512),
            new HostPort("::1", 7401),
            dir.resolve("data/one"),
            true,
            Mode.READ_ONLY,
            List.of("a", "7"),
            new Log(
                List.of(new HostPort("kafka-1", 9092), new HostPort("kafka-2", 9092)),
                Map.of("security.protocol", "SSL", "retries", "3")),
            Optional.of(new Rule("only", 1)),
            List.of(new Rule("first", 2), new Rule("second", 1))),
        config);
  }

  @Test
  void absentAndEmptySettingsTakeTheirDefaultsAlsoWithinAbsentSections() {
    var config = read("node-id: one\nshards:\nlease: ~\n", ConfigReaderTest::config);
    assertEquals(16, config.shards());
    assertEquals(Duration.ofMinutes(2), config.lease());
    assertEquals(new Log(List.of(new HostPort("127.0.0.1", 9092)), Map.of()), config.log());
    assertEquals(Optional.empty(), config.extra());
    assertEquals(List.of(), config.rules());
  }

  @Test
  void listsAllProblemsAtOnceInTheOrderOfTheFile() {
    assertProblems(
        """
        shards: 70000
        lease: 5 parsecs
        cache: 1KiB
        listen: localhost
        insecure: yes
        mode: read-sometimes
        labels: none
        lables: [x]
        log:
          bootstrap: [kafka-1:9092, "kafka-2"]
          properties: none
        extra: 7
        rules:
          - weight: 11
          - 12
        shards: 8
        """,
        ConfigReaderTest::config,
        "node-id: missing",
        "rules[0].name: missing",
        "line 1: shards: \"70000\" is not a whole number from 1 to 65536",
        "line 2: lease: \"5 parsecs\" is not a duration such as 250ms, 5s or 10m, from 1s to 1h",
        "line 3: cache: \"1KiB\" is not a size such as 64KiB, 16MiB or 2GiB, from 1MiB to 64GiB",
        "line 4: listen: \"localhost\" is not an address such as 127.0.0.1:7400 or"
            + " db-1.example.org:7400",
        "line 5: insecure: \"yes\" is not true or false",
        "line 6: mode: \"read-sometimes\" is not one of read-write, read-only",
        "line 7: labels: must be a list",
        "line 8: unknown setting lables; did you mean labels?",
        "line 10: log.bootstrap: \"kafka-2\" is not an address such as 127.0.0.1:7400 or"
            + " db-1.example.org:7400",
        "line 11: log.properties: must hold settings, each as 'name: value'",
        "line 12: extra: must hold settings, each as 'name: value'",
        "line 14: rules[0].weight: \"11\" is not a whole number from 0 to 10",
        "line 15: rules[1]: must hold settings, each as 'name: value'",
        "line 16: shards: already set in line 1");
  }

  @Test
  void aRuleOfItsOwnAndAConstructorThatRefusesAreProblemsToo() {
    assertProblems(
        "node-id: Server One", ConfigReaderTest::config, "line 1: node-id: must be a-z, 0-9 and -");
    assertProblems(
        "node-id: one\nlog: {bootstrap: []}",
        ConfigReaderTest::config,
        "line 2: log.bootstrap: needs at least one address");
  }

  @Test
  void aBugInTheReaderIsNotBlamedOnTheFile() {
    assertThrows(
        IllegalStateException.class,
        () ->
            read(
                "a: b",
                r -> {
                  throw new IllegalStateException("bug");
                }));
  }

  @Test
  void whatIsNoMappingOrNoYamlIsRefusedWithItsLine() {
    assertProblems(
        "- a\n- b\n", r -> "", "line 1: the file must hold settings, each as 'name: value'");
    var broken = assertThrows(ConfigException.class, () -> read("a: 1\nb: [1\nc: 2\n", r -> ""));
    assertEquals(1, broken.problems().size());
    assertTrue(broken.getMessage().contains("not YAML"), broken::getMessage);
    assertTrue(broken.problems().get(0).line() >= 2, broken::getMessage);
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    var missing =
        assertThrows(
            ConfigException.class, () -> ConfigReader.read(dir.resolve("none.yaml"), r -> ""));
    assertEquals(dir.resolve("none.yaml") + ": 1 problem\n  no such file", missing.getMessage());
  }

  private <T> T readFile(String yaml, Function<Section, T> reader) throws Exception {
    return ConfigReader.read(Files.writeString(dir.resolve("config.yaml"), yaml), reader);
  }

  private <T> T read(String yaml, Function<Section, T> reader) {
    return ConfigReader.read("test.yaml", dir, yaml, reader);
  }

  private <T> void assertProblems(String yaml, Function<Section, T> reader, String... expected) {
    var thrown = assertThrows(ConfigException.class, () -> read(yaml, reader));
    var found = thrown.problems().stream().map(ConfigProblem::toString).toList();
    assertEquals(String.join("\n", expected), String.join("\n", found));
  }
}
