package io.byssus.bench.inner;

import java.util.Collection;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.format.OutputFormat;

/** Says which benchmark runs and what fails; JMH itself has a page to say of each. */
final class InnerProgress implements OutputFormat {
  private final Consumer<String> progress;
  private int begun;

  InnerProgress(Consumer<String> progress) {
    this.progress = progress;
  }

  @Override
  public void startBenchmark(BenchmarkParams benchmark) {
    String parameters =
        benchmark.getParamsKeys().stream()
            .map(key -> " " + key + "=" + benchmark.getParam(key))
            .collect(Collectors.joining());
    begun++;
    progress.accept(
        "inner loop " + begun + ": " + InnerLoops.shortName(benchmark.getBenchmark()) + parameters);
  }

  /** Lines that begin with a # are about the JVM and the time left; the others about failures. */
  @Override
  public void println(String line) {
    if (!line.isBlank() && !line.startsWith("#")) {
      progress.accept(line.strip());
    }
  }

  @Override
  public void print(String text) {
    println(text);
  }

  @Override
  public void iteration(BenchmarkParams benchmark, IterationParams parameters, int iteration) {}

  @Override
  public void iterationResult(
      BenchmarkParams benchmark,
      IterationParams parameters,
      int iteration,
      IterationResult result) {}

  @Override
  public void endBenchmark(BenchmarkResult result) {}

  @Override
  public void startRun() {}

  @Override
  public void endRun(Collection<RunResult> results) {}

  @Override
  public void flush() {}

  @Override
  public void close() {}

  @Override
  public void verbosePrintln(String line) {}

  @Override
  public void write(int one) {}

  @Override
  public void write(byte[] bytes) {}
}
