package io.byssus.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the launcher in a checkout that has nothing but its outline, with a Maven that only lays
 * down a command which prints how it was started, and counts its calls.
 */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final List<String> FOLDERS =
      List.of(
          ".mvn",
          "proto",
          "client-sdk",
          "control-plane",
          "replayer",
          "server",
          "dispatcher",
          "ops/cli/src/main/java",
          "ops/system-tests/src/main/java",
          "server/src/test/java");

  private static final String COMMAND =
      """
      package io.byssus.cli;
      public class ByssusMain {
        public static void main(String[] args) throws Exception {
          System.out.println("arguments " + String.join("|", args));
          System.out.println("jvm " + java.lang.management.ManagementFactory
              .getRuntimeMXBean().getInputArguments());
          System.out.println("from " + System.getProperty("java.class.path"));
          System.exit(args.length > 0 && args[0].equals("fail") ? 7 : 0);
        }
      }
      """;

  private static final String MAVEN =
      """
      #!/bin/sh
      echo "$*" >> "%1$s/mvn-calls"
      [ ! -f "%1$s/mvn-fails" ] || exit 1
      [ ! -f "%1$s/mvn-takes-its-time" ] || sleep 2
      mkdir -p ops/cli/target/byssus-1.0/lib
      cp "%1$s/command.jar" "ops/cli/target/byssus-1.0/lib/command.jar"
      """;

  @TempDir Path temp;
  private Path checkout;
  private Path tools;

  record Result(int exitCode, String out, String errors) {
    String line(String start) {
      return out.lines()
          .filter(line -> line.startsWith(start + " "))
          .map(line -> line.substring(start.length() + 1))
          .findFirst()
          .orElseThrow(() -> new AssertionError(this.toString()));
    }
  }

  @BeforeEach
  void layOut() throws Exception {
    checkout = temp.resolve("a check out");
    for (String folder : FOLDERS) {
      Files.createDirectories(checkout.resolve(folder));
    }
    Files.writeString(checkout.resolve("pom.xml"), "<project/>");
    Files.copy(SourceTree.find().root().resolve("byssus"), checkout.resolve("byssus"));
    // Older than any build, so that only what a test touches is newer.
    try (var files = Files.walk(checkout)) {
      for (Path file : files.toList()) {
        age(file);
      }
    }
    compileCommand();
    tools = Files.createDirectories(temp.resolve("tools"));
    script(tools.resolve("mvn"), MAVEN.formatted(temp));
  }

  @Test
  void buildsOnFirstUseSaysSoAndThenOnlyStarts() throws Exception {
    var first = run(checkout.resolve("byssus"), "kv", "get", "a b", "$HOME", "*");
    assertEquals(0, first.exitCode(), first::toString);
    assertEquals("kv|get|a b|$HOME|*", first.line("arguments"));
    assertTrue(first.errors().contains("building, as this is the first use"), first::toString);
    assertTrue(first.out().startsWith("arguments"), "standard output is the command's alone");

    var second = run(checkout.resolve("byssus"), "--version");
    assertEquals("--version", second.line("arguments"));
    assertEquals("", second.errors());
    assertEquals(1, builds());
    assertTrue(Files.readString(temp.resolve("mvn-calls")).contains("-pl ops/cli -am"));
  }

  @Test
  void buildsAgainAfterAChangeAndLeavesTheJarsOfTheBuildBeforeInPlace() throws Exception {
    var before = run(checkout.resolve("byssus"));
    var source = checkout.resolve("ops/cli/src/main/java/New.java");
    Files.writeString(source, "class New {}");
    future(source);
    var after = run(checkout.resolve("byssus"));
    assertTrue(after.errors().contains("sources have changed"), after::toString);
    assertEquals(2, builds());
    assertTrue(Files.exists(Path.of(before.line("from")).getParent()), before::toString);
    assertFalse(before.line("from").equals(after.line("from")));
  }

  @Test
  void aRemovedSourceIsAChangeAndATestIsNone() throws Exception {
    var source = checkout.resolve("ops/cli/src/main/java/Old.java");
    Files.writeString(source, "class Old {}");
    age(source);
    age(source.getParent());
    run(checkout.resolve("byssus"));
    for (String test : List.of("server/src/test/java/T.java", "ops/system-tests/src/main/java/S")) {
      future(Files.writeString(checkout.resolve(test), ""));
    }
    run(checkout.resolve("byssus"));
    assertEquals(1, builds());
    Files.delete(source);
    future(source.getParent());
    run(checkout.resolve("byssus"));
    assertEquals(2, builds());
  }

  @Test
  void twoAtOnceBuildOnceWithFlockAndWithout() throws Exception {
    Files.createFile(temp.resolve("mvn-takes-its-time"));
    twoAtOnce(System.getenv("PATH"));
    assertEquals(1, builds());
    Files.delete(checkout.resolve("target/launcher/current"));
    twoAtOnce(pathWithoutFlock());
    assertEquals(2, builds());
    assertFalse(Files.exists(checkout.resolve("target/launcher/lock.d")));
  }

  @Test
  void aLockWhoseHolderIsGoneIsTakenOver() throws Exception {
    var gone = new ProcessBuilder("true").start();
    gone.waitFor();
    var lock = Files.createDirectories(checkout.resolve("target/launcher/lock.d"));
    Files.writeString(lock.resolve("pid"), Long.toString(gone.pid()));
    var result = start(pathWithoutFlock(), Map.of(), temp, checkout.resolve("byssus"));
    assertEquals(0, finish(result).exitCode());
  }

  @Test
  void worksFromAnyFolderThroughSymbolicLinksAndHandsOnTheExitCode() throws Exception {
    var link = Files.createSymbolicLink(temp.resolve("link"), Path.of("other link"));
    Files.createSymbolicLink(temp.resolve("other link"), checkout.resolve("byssus"));
    assertEquals(7, run(link, "fail").exitCode());
    assertEquals(1, builds());
  }

  @Test
  void anUnpackedDistributionIsNeverBuilt() throws Exception {
    var unpacked = Files.createDirectories(temp.resolve("un packed"));
    Files.copy(checkout.resolve("byssus"), unpacked.resolve("byssus"));
    Files.createDirectories(unpacked.resolve("lib"));
    Files.copy(temp.resolve("command.jar"), unpacked.resolve("lib/command.jar"));
    assertEquals("local", run(unpacked.resolve("byssus"), "local").line("arguments"));
    assertFalse(Files.exists(temp.resolve("mvn-calls")));
  }

  @Test
  void longLivedProcessesGetBothCompilersAndTheUserHasTheLastWord() throws Exception {
    var command = run(checkout.resolve("byssus"), "kv").line("jvm");
    assertTrue(command.contains("TieredStopAtLevel=1"), command);
    assertTrue(command.contains("UseSerialGC"), command);
    var server = run(checkout.resolve("byssus"), "--json", "server").line("jvm");
    assertFalse(server.contains("TieredStopAtLevel"), server);
    assertTrue(server.contains("UseParallelGC"), server);
    assertTrue(server.contains("--enable-native-access=ALL-UNNAMED"), server);
    var own = Map.of("BYSSUS_JAVA_OPTS", "-Xmx99m -Da=b");
    assertTrue(runWith(own, "kv").line("jvm").endsWith("-Xmx99m, -Da=b]"));
  }

  @Test
  void aCollectorThatTheUserNamesTakesThePlaceOfOurs() throws Exception {
    for (var variable : List.of("BYSSUS_JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")) {
      for (var role : List.of("kv", "server")) {
        var jvm = runWith(Map.of(variable, "-Xmx99m -XX:+UseG1GC"), role).line("jvm");
        assertFalse(jvm.contains("UseParallelGC") || jvm.contains("UseSerialGC"), jvm);
      }
    }
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    Files.createFile(temp.resolve("mvn-fails"));
    failsWith("the build failed", Map.of());
    failsWith("no bin/java in it", Map.of("JAVA_HOME", temp.toString()));
    var old = Files.createDirectories(temp.resolve("old/bin"));
    script(old.resolve("java"), "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019' >&2\n");
    failsWith("needs Java 17 or newer", Map.of("JAVA_HOME", old.getParent().toString()));
    Files.delete(tools.resolve("mvn"));
    var process = start(pathWithoutFlock(), Map.of(), temp, checkout.resolve("byssus"));
    var result = finish(process);
    assertTrue(result.errors().contains("needs Maven 3.8"), result::toString);
    assertEquals(1, result.exitCode());
  }

  private void failsWith(String text, Map<String, String> environment) throws Exception {
    var path = System.getenv("PATH");
    var result = finish(start(path, environment, temp, checkout.resolve("byssus")));
    assertEquals(1, result.exitCode(), result::toString);
    assertTrue(result.errors().contains(text), result::toString);
  }

  private void twoAtOnce(String path) throws Exception {
    var one = start(path, Map.of(), temp, checkout.resolve("byssus"), "one");
    var two = start(path, Map.of(), temp, checkout.resolve("byssus"), "two");
    assertEquals("one", finish(one).line("arguments"));
    assertEquals("two", finish(two).line("arguments"));
  }

  private Result runWith(Map<String, String> environment, String role) throws Exception {
    var path = System.getenv("PATH");
    return finish(start(path, environment, temp, checkout.resolve("byssus"), role));
  }

  private Result run(Path launcher, String... arguments) throws Exception {
    return finish(start(System.getenv("PATH"), Map.of(), temp, launcher, arguments));
  }

  private Process start(
      String path, Map<String, String> environment, Path folder, Path launcher, String... arguments)
      throws IOException {
    var command = new ArrayList<String>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().remove("BYSSUS_JAVA_OPTS");
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().remove("JDK_JAVA_OPTIONS");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("PATH", tools + ":" + path);
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static Result finish(Process process) throws Exception {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the launcher hangs");
    }
    var out = new String(process.getInputStream().readAllBytes(), UTF_8);
    var errors = new String(process.getErrorStream().readAllBytes(), UTF_8);
    return new Result(process.exitValue(), out, errors);
  }

  private int builds() throws IOException {
    return Files.readAllLines(temp.resolve("mvn-calls")).size();
  }

  /** A PATH with the tools that the launcher needs and neither Maven nor flock. */
  private String pathWithoutFlock() throws IOException {
    var folder = Files.createDirectories(temp.resolve("few tools"));
    var needed = "sed head cat find dirname mkdir mv rm date sleep readlink cp";
    for (String tool : needed.split(" ")) {
      var place = Files.exists(Path.of("/usr/bin", tool)) ? "/usr/bin/" : "/bin/";
      script(folder.resolve(tool), "#!/bin/sh\nexec " + place + tool + " \"$@\"\n");
    }
    return folder.toString();
  }

  private void compileCommand() throws IOException {
    var source = Files.writeString(temp.resolve("ByssusMain.java"), COMMAND);
    var classes = Files.createDirectories(temp.resolve("classes"));
    var compiler = ToolProvider.getSystemJavaCompiler();
    assertEquals(0, compiler.run(null, null, null, "-d", classes.toString(), source.toString()));
    try (var jar = new JarOutputStream(Files.newOutputStream(temp.resolve("command.jar")))) {
      jar.putNextEntry(new ZipEntry("io/byssus/cli/ByssusMain.class"));
      Files.copy(classes.resolve("io/byssus/cli/ByssusMain.class"), jar);
    }
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void age(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(1_000_000)));
  }

  /** Newer than any build, whatever the file system's resolution. */
  private static void future(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(5)));
  }
}
