package io.byssus.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole commands, from their words to their output and exit code, against a stand-in. */
class CommandLineTest {
  private static FakeDispatcher dispatcher;

  @TempDir Path folder;
  private final CommandRun command = new CommandRun();

  @BeforeAll
  static void start() throws IOException {
    dispatcher = new FakeDispatcher();
  }

  @AfterAll
  static void stop() {
    dispatcher.close();
  }

  @Test
  void whatIsPutIsGotByteForByte() {
    assertExit(0, run("kv", "put", "t", "P/plain", "hello"));
    assertEquals("shard 0, position 1/42\n", text());
    assertExit(0, run("kv", "get", "t", "P/plain"));
    assertEquals("hello", text(), "without a line end, as this is no terminal");

    byte[] bytes = {0, (byte) 0xFF, '\n', (byte) 0x80};
    command.input(bytes);
    assertExit(0, run("kv", "put", "t", "P/binary", "--file", "-"));
    assertExit(0, run("kv", "get", "t", "P/binary"));
    assertArrayEquals(bytes, command.bytes());
  }

  @Test
  void aValueCanComeFromAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("value"), "東京\n");
    assertExit(0, run("kv", "put", "t", "P/file", "--file", file.toString()));
    assertExit(0, run("kv", "get", "t", "P/file"));
    assertEquals("東京\n", text());
    assertExit(2, run("kv", "put", "t", "P/file", "--file", folder.resolve("no").toString()));
    assertTrue(errors().contains("there is no file"), errors());
  }

  @Test
  void jsonHoldsBytesAsTextOrBase64() throws IOException {
    assertExit(0, run("kv", "put", "t", "J\\xff/東\\0" + "01", "v"));
    assertExit(0, run("kv", "get", "t", "J\\xff/東\\0" + "01", "--json"));
    JsonNode record = command.json();
    assertEquals("Sv8=", record.get("partition_key_base64").asText());
    assertTrue(record.path("partition_key").isMissingNode());
    assertEquals("東\0" + "01", record.get("sort_key").asText());
    assertEquals("v", record.get("value").asText());
    assertEquals("281474976710696", record.get("version").asText());
    assertEquals("1/41", record.get("position").asText());
  }

  @Test
  void anAbsentRecordIsExitCodeThree() throws IOException {
    assertExit(3, run("kv", "get", "t", "P/absent"));
    assertEquals("", text());
    assertTrue(errors().contains("no record P/absent in t"), errors());
    assertExit(3, run("kv", "get", "t", "P/absent", "--json"));
    assertTrue(command.json().get("value").isNull());
  }

  @Test
  void deletedIsGone() {
    run("kv", "put", "t", "P/gone", "x");
    assertExit(0, run("kv", "delete", "t", "P/gone"));
    assertExit(3, run("kv", "get", "t", "P/gone"));
  }

  @Test
  void manyAreReadAtOnceAlsoFromStandardInput() throws IOException {
    run("kv", "put", "t", "M/a", "1");
    run("kv", "put", "t", "M/b", "2");
    assertExit(0, run("kv", "mget", "t", "M/a", "M/b"));
    assertEquals("KEY  VALUE\nM/a  1\nM/b  2\n", text());

    command.input("M/b\nM/none\n".getBytes(StandardCharsets.UTF_8));
    assertExit(3, run("kv", "mget", "t", "M/a", "--stdin", "--json"));
    List<JsonNode> lines = jsonLines();
    assertEquals(List.of("1", "2"), List.of(value(lines.get(0)), value(lines.get(1))));
    assertTrue(lines.get(2).get("value").isNull());

    command.input("M/a\n\\q\n".getBytes(StandardCharsets.UTF_8));
    assertExit(2, run("kv", "mget", "t", "--stdin"));
    assertTrue(errors().contains("line 2 of standard input"), errors());
    assertExit(2, run("kv", "mget", "t"));
  }

  @Test
  void aScanIsInOrderSelectsAndGoesOnByToken() throws IOException {
    for (String name : List.of("Delft", "Amsterdam", "Zwolle", "Amstelveen")) {
      run("kv", "put", "t", "NL/" + name, name.substring(0, 1));
    }
    assertExit(0, run("kv", "scan", "t", "NL"));
    assertEquals(
        "SORT KEY    VALUE\nAmstelveen  A\nAmsterdam   A\nDelft       D\nZwolle      Z\n", text());
    assertEquals("4 records\n", errors());

    assertExit(0, run("kv", "scan", "t", "NL", "--prefix", "Amst", "--json"));
    assertEquals(2, jsonLines().size());
    assertExit(0, run("kv", "scan", "t", "NL", "--from", "B", "--to", "Z", "--json"));
    assertEquals("D", value(jsonLines().get(0)));

    assertExit(0, run("kv", "scan", "t", "NL", "--limit", "3", "--json"));
    List<JsonNode> page = jsonLines();
    assertEquals(4, page.size());
    String token = page.get(3).get("next_page_token").asText();
    assertExit(0, run("kv", "scan", "t", "NL", "--page-token", token, "--json"));
    assertEquals("Z", value(jsonLines().get(0)));
    assertEquals(1, jsonLines().size());
  }

  @Test
  void aSessionGoesOnInItsFile() {
    String file = folder.resolve("session").toString();
    assertExit(0, run("kv", "put", "t", "S/a", "1", "--session", file));
    assertExit(0, run("kv", "get", "t", "S/a", "--session", file));
    assertTrue(Files.exists(Path.of(file)));
    assertExit(0, run("kv", "put", "t", "S/b", "--file", file));
    assertExit(0, run("kv", "get", "t", "S/b"));
    assertExit(1, run("kv", "get", "t", "S/a", "--session", folder.toString()));
  }

  @Test
  void administrationIsShownAsTablesAndAsJson() throws IOException {
    assertExit(0, run("admin", "namespaces", "list"));
    assertEquals(
        "NAME  ID  STATE   CONFLICT RULE  RULES VERSION  CREATED\n"
            + "t      1  ACTIVE  LOG_ORDER                  1  2023-11-14T22:13:20Z\n",
        text());
    assertExit(0, run("admin", "nodes"));
    assertEquals(
        "NODE      ROLE    ADDRESS         STATE  REPLICAS  LABELS\n"
            + "server-1  server  127.0.0.1:7401  up            1  zone=a\n",
        text());
    assertExit(0, run("admin", "shards"));
    assertTrue(text().contains("server-1 *  caught-up  1/41       3       20   4096"), text());
    assertExit(0, run("admin", "shards", "--json"));
    JsonNode replica = command.json().get(0).get("replicas").get(0);
    assertEquals("caught-up", replica.get("state").asText());
    assertEquals(3, replica.get("lag_records").asInt());
    assertExit(0, run("admin", "nodes", "--json"));
    assertTrue(command.json().get(0).get("up").asBoolean());
  }

  @ParameterizedTest
  @CsvSource({
    "namespace-not-found, 3",
    "log-refused, 6",
    "indeterminate, 5",
    "log-unavailable, 4",
    "internal-fault, 5"
  })
  void aWriteThatFailsTellsByItsExitCodeWhatBecameOfIt(String namespace, int exit) {
    assertEquals(exit, run("kv", "put", namespace, "k", "v", "--timeout", "700ms"), this::errors);
    assertTrue(errors().startsWith("byssus: "), errors());
    assertEquals("", text());
  }

  @Test
  void failuresAreJsonForPrograms() throws IOException {
    assertExit(3, run("kv", "get", "namespace-not-found", "k", "--json"));
    JsonNode failure = command.jsonError().get("error");
    assertEquals("NAMESPACE_NOT_FOUND", failure.get("code").asText());
    assertExit(6, run("admin", "namespaces", "create", "namespace-exists", "--json"));
  }

  @Test
  void nobodyThereIsExitCodeFour() throws IOException {
    String nobody;
    try (FakeDispatcher gone = new FakeDispatcher()) {
      nobody = gone.address();
    }
    String[] get = {"kv", "get", "t", "k", "--endpoint", nobody, "--timeout", "300ms"};
    assertEquals(4, execute(get), this::errors);
    String[] put = {"kv", "put", "t", "k", "v", "--endpoint", nobody, "--timeout", "300ms"};
    assertEquals(4, execute(put), this::errors);
    String[] nodes = {"admin", "nodes", "--endpoint", nobody, "--timeout", "300ms"};
    assertEquals(4, execute(nodes), this::errors);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "kv",
        "nonsense",
        "kv get t",
        "kv get t /sort",
        "kv get t a\\q",
        "kv put t k",
        "kv put t k v --file x",
        "kv put t k v --if-absent --if-present",
        "kv put t k v --ttl 1m --no-expiry",
        "kv put t k v --version 0",
        "kv put t k v --expires-at tomorrow",
        "kv incr t k --by x",
        "export --format csv",
        "export --namespace t --format xml",
        "export --namespace t --parallelism 65",
        "kv get t k --consistency strong",
        "kv get t k --consistency bounded:soon",
        "kv versions t k --from -1",
        "admin namespaces create a --conflict-rule last",
        "admin namespaces update a --cache 5",
        "kv scan t p --prefix a --from b",
        "kv scan t p --limit -1",
        "kv scan t p --page-token ?",
        "kv get t k --timeout 5",
        "kv get t k --endpoint nowhere",
        "kv get t k --endpoint host:0",
        "admin namespaces create",
        "server"
      })
  void wrongUsageIsExitCodeTwoWithAnExplanation(String words) {
    assertEquals(2, execute(words.isEmpty() ? new String[0] : words.split(" ")), this::errors);
    assertTrue(!errors().isBlank() && text().isEmpty(), errors());
    assertTrue(!errors().contains("\tat "), errors());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "kv --help",
        "kv put --help",
        "kv delete --help",
        "kv get --help",
        "kv incr --help",
        "export --help",
        "kv versions --help",
        "kv scan --help",
        "admin --help",
        "admin namespaces --help",
        "admin namespaces create --help",
        "admin namespaces update --help",
        "admin namespaces delete --help",
        "admin namespaces undelete --help",
        "admin init --help",
        "local --help",
        "demo --help",
        "server --help"
      })
  void helpFitsATerminalAndTeaches(String words) {
    assertEquals(0, execute(words.split(" ")));
    assertTrue(text().lines().allMatch(line -> line.length() <= 100), text());
    assertTrue(text().startsWith("Usage: byssus"), text());
    assertTrue(!text().contains("exit-with-stdin"), text());
  }

  @Test
  void theTopHelpListsCommandsAndExitCodes() {
    execute("--help");
    for (String word : List.of("demo", "local", "kv", "admin", "control-plane", "Exit codes:")) {
      assertTrue(text().contains(word), text());
    }
    ExitCodes.help().values().forEach(meaning -> assertTrue(text().contains(meaning), meaning));
  }

  @Test
  void theVersionTellsCommitAndDate() {
    assertEquals(0, execute("--version"));
    assertTrue(text().matches("(?s)byssus \\S+\ncommit \\S+\ndate   \\S+\njava   .*"), text());
  }

  @Test
  void aBadConfigurationIsExitCodeTwo() throws IOException {
    Path file = Files.writeString(folder.resolve("server.yaml"), "node-id: [\nnonsense");
    assertEquals(2, execute("server", "--config", file.toString()));
  }

  /** Runs a command that talks to the stand-in. */
  private int run(String... words) {
    List<String> all = new ArrayList<>(Arrays.asList(words));
    all.add("--endpoint");
    all.add(dispatcher.address());
    return execute(all.toArray(String[]::new));
  }

  private int execute(String... words) {
    return command.execute(List.of(words));
  }

  private void assertExit(int expected, int actual) {
    assertEquals(expected, actual, this::errors);
  }

  private String text() {
    return command.text();
  }

  private String errors() {
    return command.errors();
  }

  private List<JsonNode> jsonLines() throws IOException {
    return command.jsonLines();
  }

  private static String value(JsonNode record) {
    return record.get("value").asText();
  }
}
