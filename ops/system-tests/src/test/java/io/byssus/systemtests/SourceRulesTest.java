package io.byssus.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.byssus.systemtests.SourceTree.Module;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Shows that each rule finds what it is there to find, and lets pass what it should. */
class SourceRulesTest {

  @Test
  void aDependencyOnAModuleBelowOrOnItselfIsFound() {
    var modules =
        List.of(
            module("proto", "p", Set.of()),
            module("client-sdk/java", "c", Set.of("p", "s")),
            module("server/node", "s", Set.of("p", "s")));
    assertEquals(
        List.of(
            "client-sdk/java depends on s, which is not above it",
            "server/node depends on s, which is not above it"),
        SourceRules.upwardDependencies(modules));
  }

  @Test
  void processesThatDoNotMeetOnTheWireAreFound() {
    var modules =
        List.of(
            module("control-plane/state", "cs", Set.of()),
            module("control-plane/node", "cn", Set.of("cs")),
            module("server/node", "s", Set.of()),
            module("dispatcher", "d", Set.of("cs", "s")));
    assertEquals(
        List.of("dispatcher depends on cs", "dispatcher depends on s"),
        SourceRules.dependenciesAmong(List.of("server", "dispatcher", "control-plane"), modules));
  }

  @Test
  void aLibraryIsFoundImportedOrSpelledOutButNotInAComment() {
    var imported = source("a/src/main/A.java", "import org.rocksdb.RocksDB;");
    var spelled = source("b/src/main/B.java", "class B { org.rocksdb.RocksDB db; }");
    var talks = source("c/src/main/C.java", "// like org.rocksdb.RocksDB\nclass C {}");
    var allowed = source("server/storage/src/main/D.java", "import org.rocksdb.RocksDB;");
    assertEquals(
        List.of(
            "a/src/main/A.java: org.rocksdb is used outside of server/storage",
            "b/src/main/B.java: org.rocksdb is used outside of server/storage"),
        SourceRules.usedOutside(
            List.of("server/storage"), "org.rocksdb", List.of(imported, spelled, talks, allowed)));
  }

  @Test
  void whatUsesMoreOfOursThanItMayIsFound() {
    var imports = source("a/A.java", "package io.byssus.alone;\nimport io.byssus.model.Key;");
    var spells = source("a/B.java", "package io.byssus.alone;\nclass B { io.byssus.C c; }");
    var alone = source("a/C.java", "package io.byssus.alone;\nimport io.byssus.alone.A;");
    var elsewhere = source("b/D.java", "import io.byssus.model.Key;");
    assertEquals(
        List.of("a/A.java: uses more of ours than alone", "a/B.java: uses more of ours than alone"),
        SourceRules.oursUsedIn("a", "alone", List.of(imports, spells, alone, elsewhere)));
  }

  @Test
  void namesThatSayNothingAreFoundAlsoWhenNested() {
    var good = source("G.java", "final class Basement { record Informant() {} enum Database {} }");
    var bad = source("B.java", "class Shard { static class ShardUtils {} interface BaseLog {} }");
    var worse = source("W.java", "record NodeInfo() {} // class NotReallyAManager");
    assertEquals(
        List.of(
            "B.java: ShardUtils does not say what it is",
            "B.java: BaseLog does not say what it is",
            "W.java: NodeInfo does not say what it is"),
        SourceRules.badNames(List.of(good, bad, worse)));
  }

  @Test
  void sleepsAndWallClocksAreFoundUnlessAllowedOrOnlyTalkedAbout() {
    var sleeps = source("S.java", "void f() { Thread.sleep(1); }");
    var naps = source("N.java", "void f() { TimeUnit.SECONDS.sleep(1); }");
    var clock = source("C.java", "long f() { return System\n.currentTimeMillis(); }");
    var talks = source("T.java", "/** No Thread.sleep here. */ String s = \"Thread.sleep\";");
    var allowed = source("A.java", "void f() { Thread.sleep(1); }");
    assertEquals(
        List.of("S.java", "N.java", "C.java"),
        paths(
            SourceRules.sleepsAndWallClocks(
                List.of(sleeps, naps, clock, talks, allowed), Set.of("A.java"))));
  }

  @Test
  void aFileIsTooLongFromLine401() {
    var fits = source("F.java", "x\n".repeat(400));
    var tooLong = source("L.java", "x\n".repeat(401));
    assertEquals(List.of("L.java"), paths(SourceRules.tooLong(List.of(fits, tooLong))));
  }

  @Test
  void packagesThatImportOneAnotherInACircleAreFound() {
    var a = source("A.java", "package io.byssus.a;\nimport io.byssus.b.B;");
    var b = source("B.java", "package io.byssus.b;\nimport static io.byssus.b.c.C.x;");
    var c = source("C.java", "package io.byssus.b.c;\nimport io.byssus.a.A.Inner;");
    var free = source("D.java", "package io.byssus.d;\nimport io.byssus.a.A;");
    assertEquals(
        List.of("io.byssus.a -> io.byssus.b -> io.byssus.b.c -> io.byssus.a"),
        SourceRules.packageCycles(List.of(a, b, c, free)));
    assertEquals(List.of(), SourceRules.packageCycles(List.of(a, b, free)));
  }

  @Test
  void aPackageInTwoModulesIsFound() {
    var one = source("one/src/main/A.java", "package io.byssus.a;");
    var two = source("two/src/main/B.java", "package io.byssus.a;");
    var test = source("three/src/test/C.java", "package io.byssus.a;");
    assertEquals(
        List.of("io.byssus.a is split over [one, two]"),
        SourceRules.splitPackages(
            List.of(
                new Module("one", "one", Set.of(), List.of(one)),
                new Module("two", "two", Set.of(), List.of(two)),
                new Module("three", "three", Set.of(), List.of(test)))));
  }

  private static Module module(String path, String artifactId, Set<String> dependencies) {
    return new Module(path, artifactId, dependencies, List.of());
  }

  private static JavaSource source(String path, String text) {
    return new JavaSource(path, text);
  }

  private static List<String> paths(List<String> violations) {
    return violations.stream().map(v -> v.substring(0, v.indexOf(':'))).toList();
  }
}
