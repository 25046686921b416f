package io.byssus.systemtests;

import io.byssus.systemtests.SourceTree.Module;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The rules that keep the tree as it is meant to be; each yields what violates it, for people. */
final class SourceRules {
  static final int MOST_LINES = 400;

  private static final Pattern BAD_NAME =
      Pattern.compile(
          "(Base|Abstract)[A-Z].*|.*(Impl|Manager|Utils?|Helpers?|Common|Info|Data|Processor)");

  private static final Pattern WALL_CLOCK_OR_SLEEP =
      Pattern.compile(
          "\\bThread\\s*\\.\\s*sleep\\b"
              + "|\\bSystem\\s*\\.\\s*currentTimeMillis\\b"
              + "|\\bTimeUnit\\s*\\.\\s*\\w+\\s*\\.\\s*sleep\\b");

  private SourceRules() {}

  /** A module names only modules that stand above it. */
  static List<String> upwardDependencies(List<Module> modules) {
    var above = new HashSet<String>();
    var violations = new ArrayList<String>();
    for (Module module : modules) {
      for (String dependency : new TreeSet<>(module.dependencies())) {
        if (!above.contains(dependency)) {
          violations.add(module.path() + " depends on " + dependency + ", which is not above it");
        }
      }
      above.add(module.artifactId());
    }
    return violations;
  }

  /** No module of one group names a module of another: they meet on the wire. */
  static List<String> dependenciesAmong(List<String> groups, List<Module> modules) {
    Map<String, String> groupOf = new HashMap<>();
    for (Module module : modules) {
      groups.stream()
          .filter(group -> (module.path() + "/").startsWith(group + "/"))
          .forEach(group -> groupOf.put(module.artifactId(), group));
    }
    var violations = new ArrayList<String>();
    for (Module module : modules) {
      String own = groupOf.get(module.artifactId());
      for (String dependency : new TreeSet<>(module.dependencies())) {
        String other = groupOf.get(dependency);
        if (own != null && other != null && !own.equals(other)) {
          violations.add(module.path() + " depends on " + dependency);
        }
      }
    }
    return violations;
  }

  /** A library is used, by import or by full name, only below these folders. */
  static List<String> usedOutside(List<String> folders, String library, List<JavaSource> sources) {
    var use = Pattern.compile("\\b" + Pattern.quote(library) + "\\.");
    return violating(
        sources,
        source ->
            folders.stream().noneMatch(folder -> source.path().startsWith(folder + "/"))
                && use.matcher(source.code()).find(),
        library + " is used outside of " + String.join(" and ", folders));
  }

  /** What lies in a folder uses nothing of ours but itself, by import or by full name. */
  static List<String> oursUsedIn(String folder, String itself, List<JavaSource> sources) {
    var use = Pattern.compile("\\bio\\.byssus\\.(?!" + Pattern.quote(itself) + "\\b)");
    return violating(
        sources,
        source -> source.path().startsWith(folder + "/") && use.matcher(source.code()).find(),
        "uses more of ours than " + itself);
  }

  static List<String> badNames(List<JavaSource> sources) {
    var violations = new ArrayList<String>();
    for (JavaSource source : sources) {
      for (String type : source.types()) {
        if (BAD_NAME.matcher(type).matches()) {
          violations.add(source.path() + ": " + type + " does not say what it is");
        }
      }
    }
    return violations;
  }

  /** Logic takes its clock as an argument and waits for conditions. */
  static List<String> sleepsAndWallClocks(List<JavaSource> sources, Set<String> allowed) {
    return violating(
        sources,
        source ->
            !allowed.contains(source.path()) && WALL_CLOCK_OR_SLEEP.matcher(source.code()).find(),
        "sleeps, or reads the wall clock, in the middle of logic");
  }

  static List<String> tooLong(List<JavaSource> sources) {
    return violating(
        sources, source -> source.lines() > MOST_LINES, "is longer than " + MOST_LINES + " lines");
  }

  /** A package belongs to one module. */
  static List<String> splitPackages(List<Module> modules) {
    Map<String, Set<String>> owners = new TreeMap<>();
    for (Module module : modules) {
      for (JavaSource source : module.mainSources()) {
        owners.computeIfAbsent(source.packageName(), name -> new TreeSet<>()).add(module.path());
      }
    }
    return owners.entrySet().stream()
        .filter(owner -> owner.getValue().size() > 1)
        .map(owner -> owner.getKey() + " is split over " + owner.getValue())
        .toList();
  }

  /** The packages of ours that import one another in a circle; one circle is enough to fail. */
  static List<String> packageCycles(List<JavaSource> sources) {
    Map<String, Set<String>> imports = new TreeMap<>();
    sources.forEach(source -> imports.put(source.packageName(), new TreeSet<>()));
    for (JavaSource source : sources) {
      for (String name : source.imports()) {
        packageOf(name, imports.keySet())
            .filter(other -> !other.equals(source.packageName()))
            .ifPresent(imports.get(source.packageName())::add);
      }
    }
    var done = new HashSet<String>();
    for (String start : imports.keySet()) {
      var cycle = cycleFrom(start, imports, new LinkedHashSet<>(), done);
      if (!cycle.isEmpty()) {
        return List.of(String.join(" -> ", cycle));
      }
    }
    return List.of();
  }

  /** The longest known package that an imported name lies in. */
  private static Optional<String> packageOf(String name, Set<String> packages) {
    return packages.stream()
        .filter(candidate -> (name + ".").startsWith(candidate + "."))
        .max(Comparator.comparingInt(String::length));
  }

  private static List<String> cycleFrom(
      String at, Map<String, Set<String>> imports, LinkedHashSet<String> path, Set<String> done) {
    if (path.contains(at)) {
      var cycle = new ArrayList<>(path);
      cycle.subList(0, cycle.indexOf(at)).clear();
      cycle.add(at);
      return cycle;
    }
    if (!done.contains(at)) {
      path.add(at);
      for (String next : imports.get(at)) {
        var cycle = cycleFrom(next, imports, path, done);
        if (!cycle.isEmpty()) {
          return cycle;
        }
      }
      path.remove(at);
      done.add(at);
    }
    return List.of();
  }

  private static List<String> violating(
      List<JavaSource> sources, Predicate<JavaSource> violates, String what) {
    return sources.stream().filter(violates).map(source -> source.path() + ": " + what).toList();
  }
}
