package io.byssus.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.systemtests.SourceTree.Module;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds this repository to the rules of its layout and style. */
class SourceTreeTest {
  private static final Set<String> TOP_FOLDERS =
      Set.of("proto", "server", "control-plane", "dispatcher", "replayer", "client-sdk", "ops");
  private static final Set<String> TOP_FILES = Set.of("pom.xml", "README.md", "LICENSE", "byssus");
  // What Maven and the launcher make.
  private static final Set<String> BUILT = Set.of("target");

  private static final String CEILINGS = "ops/bench/src/main/java/io/byssus/bench/ceilings";

  private static final String OWN_THREAD = "a loop's own thread, between two attempts";
  private static final String POLLED = "polls another process, which has no way to call back";

  /** Main code that may sleep or read the wall clock, and why. */
  private static final Map<String, String> SLEEPERS =
      Map.of(
          "client-sdk/cluster-map/src/main/java/io/byssus/clustermap/ClusterMapWatcher.java",
          OWN_THREAD,
          "client-sdk/cluster-map/src/main/java/io/byssus/clustermap/ControlPlaneClient.java",
          "a blocking call, between two attempts and within its deadline",
          "control-plane/node/src/main/java/io/byssus/controlplane/node/LogTopics.java",
          POLLED,
          "ops/cluster/src/main/java/io/byssus/cluster/ClusterProcesses.java",
          POLLED,
          "ops/cluster/src/main/java/io/byssus/cluster/LocalCluster.java",
          POLLED,
          "ops/cli/src/main/java/io/byssus/cli/demo/KillStep.java",
          "the demo's load lasts as long as it is told");

  private static SourceTree tree;

  @BeforeAll
  static void read() throws Exception {
    tree = SourceTree.find();
    // A reader that finds nothing would find no violation either.
    assertTrue(tree.modules().size() >= 16, tree.modules()::toString);
    assertTrue(tree.mainSources().size() >= 100);
    assertTrue(tree.modules().stream().anyMatch(module -> module.dependencies().size() > 3));
  }

  @Test
  void theTopHoldsExactlyTheFoldersOfTheDesign() throws Exception {
    try (var entries = Files.list(tree.root())) {
      var names =
          entries
              .map(entry -> entry.getFileName().toString())
              .filter(name -> !name.startsWith(".") && !BUILT.contains(name))
              .collect(Collectors.toCollection(TreeSet::new));
      var expected = new TreeSet<>(TOP_FOLDERS);
      expected.addAll(TOP_FILES);
      assertEquals(expected, names);
    }
  }

  @Test
  void everyTopFolderSaysWhatItIsOnAPageAtMost() throws Exception {
    for (String folder : TOP_FOLDERS) {
      var readme = tree.root().resolve(folder).resolve("README.md");
      assertTrue(Files.exists(readme), readme + " is missing");
      long lines = Files.readString(readme).lines().count();
      assertTrue(lines <= 60, readme + " has " + lines + " lines");
    }
  }

  @Test
  void modulesStandInDependencyOrder() {
    none(SourceRules.upwardDependencies(tree.modules()));
  }

  @Test
  void everyPomOfTheTreeIsAModule() throws Exception {
    try (var files = Files.walk(tree.root())) {
      var poms =
          files
              .filter(file -> file.endsWith("pom.xml") && file.getParent() != tree.root())
              .map(file -> tree.root().relativize(file.getParent()).toString())
              .filter(path -> !path.isEmpty() && !(path + "/").matches(".*(^|/)(target|src)/.*"))
              .collect(Collectors.toCollection(TreeSet::new));
      var modules =
          tree.modules().stream().map(Module::path).collect(Collectors.toCollection(TreeSet::new));
      assertEquals(modules, poms);
    }
  }

  @Test
  void theProcessesMeetOnlyOnTheWire() {
    none(
        SourceRules.dependenciesAmong(
            List.of("server", "dispatcher", "control-plane"), tree.modules()));
  }

  @Test
  void
      rocksDbIsUsedOnlyInTheStorageModuleAndWhatItIsMeasuredAgainstAndJRaftOnlyInTheControlPlane() {
    none(SourceRules.usedOutside(List.of("server/storage", CEILINGS), "org.rocksdb", others()));
    none(SourceRules.usedOutside(List.of("control-plane/node"), "com.alipay.sofa.jraft", others()));
  }

  @Test
  void whatByssusIsMeasuredAgainstUsesNoneOfIt() {
    assertTrue(tree.sources().stream().anyMatch(source -> source.path().startsWith(CEILINGS)));
    none(SourceRules.oursUsedIn(CEILINGS, "bench.ceilings", tree.sources()));
  }

  @Test
  void packagesBelongToOneModuleAndImportNoneInACircle() {
    none(SourceRules.splitPackages(tree.modules()));
    none(SourceRules.packageCycles(tree.mainSources()));
  }

  @Test
  void typesAreNamedByWhatTheyAre() {
    none(SourceRules.badNames(tree.sources()));
  }

  @Test
  void mainCodeNeitherSleepsNorReadsTheWallClockInTheMiddleOfLogic() {
    none(SourceRules.sleepsAndWallClocks(tree.mainSources(), SLEEPERS.keySet()));
    // An allowance that nobody needs any more would be there for the next one to take.
    for (String path : SLEEPERS.keySet()) {
      var sleeper = tree.mainSources().stream().filter(s -> s.path().equals(path)).toList();
      assertEquals(1, SourceRules.sleepsAndWallClocks(sleeper, Set.of()).size(), path);
    }
  }

  @Test
  void noFileIsTooLongToKeepInMind() {
    none(SourceRules.tooLong(tree.sources()));
  }

  /** All but the module of this test, which talks about libraries to find them. */
  private static List<JavaSource> others() {
    return tree.sources().stream()
        .filter(source -> !source.path().startsWith("ops/system-tests/"))
        .toList();
  }

  private static void none(List<String> violations) {
    assertTrue(violations.isEmpty(), () -> "\n" + String.join("\n", violations) + "\n");
  }
}
