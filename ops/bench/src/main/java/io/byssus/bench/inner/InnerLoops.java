package io.byssus.bench.inner;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the benchmarks of this package by JMH, each in JVMs of its own. */
public final class InnerLoops {
  private static final String ALL = "io.byssus.bench.inner.";
  private static final String HEAP = "-Xmx512m";

  private InnerLoops() {}

  /**
   * How often and for how long each is measured.
   *
   * @param forks JVMs, one after the other; 0: in this one, which is good for tests only
   * @param warmUps iterations of each JVM that are not counted
   * @param counted iterations of each JVM that are
   * @param length of an iteration
   */
  public record Effort(int forks, int warmUps, int counted, Duration length) {}

  /**
   * Measures.
   *
   * @param patterns regular expressions, found in the names of benchmarks; none: all
   * @param progress is told, in a line, what is being done
   * @throws IllegalArgumentException where none matches
   * @throws IllegalStateException where one fails
   */
  public static InnerResults run(List<String> patterns, Effort effort, Consumer<String> progress) {
    TimeValue length = TimeValue.nanoseconds(effort.length().toNanos());
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .forks(effort.forks())
            .warmupIterations(effort.warmUps())
            .warmupTime(length)
            .measurementIterations(effort.counted())
            .measurementTime(length)
            .jvmArgsAppend(HEAP)
            .shouldFailOnError(true);
    (patterns.isEmpty() ? List.of(ALL) : patterns).forEach(options::include);
    try {
      return new InnerResults(new Runner(options.build(), new InnerProgress(progress)).run());
    } catch (NoBenchmarksException e) {
      throw new IllegalArgumentException(
          "no inner loop matches "
              + String.join(", ", patterns)
              + "; there are "
              + String.join(", ", names()),
          e);
    } catch (RunnerException e) {
      throw new IllegalStateException("an inner loop failed: " + e.getMessage(), e);
    }
  }

  /** The names of all, without the package. */
  public static Collection<String> names() {
    Collection<String> names = new TreeSet<>();
    BenchmarkList.defaultList()
        .getAll(new InnerProgress(line -> {}), List.of())
        .forEach(entry -> names.add(shortName(entry.getUsername())));
    return names;
  }

  /** A benchmark's name without the package. */
  static String shortName(String name) {
    return name.startsWith(ALL) ? name.substring(ALL.length()) : name;
  }
}
