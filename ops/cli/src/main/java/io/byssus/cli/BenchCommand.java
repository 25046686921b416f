package io.byssus.cli;

import io.byssus.bench.Bench;
import io.byssus.bench.BenchConfig;
import io.byssus.bench.GrowthConfig;
import io.byssus.bench.engine.Rounds;
import io.byssus.bench.inner.InnerLoops;
import io.byssus.bench.stage.Extent;
import io.byssus.process.HostPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code byssus bench}: ratios to what Byssus stands on, measured in one run. */
@Command(
    name = "bench",
    description = {
      "Measures Byssus, and in the same run what it stands on and its peers; tells the ratios.",
      "",
      "Starts separate processes (Kafka, 1 control-plane member, 1 server, 1 dispatcher) with both",
      "compilers and large heaps, loads a million records of 16-byte keys and 100-byte values that",
      "do not compress, and lets subject and ceiling take turns. A ratio is of two neighbouring",
      "turns; shown are the median, the smallest and the largest.",
      "",
      "Leave the machine idle meanwhile. Takes about 4 GB of memory. Exit code 0 if everything was",
      "measured or skipped for want of a peer, whether or not targets were reached; 1 if a case",
      "failed. Leaves nothing behind but the report.",
      "",
      "The case server-memory, which looks at a server with 10 million records for 10 minutes,",
      "runs only where it is named; replay takes 5 million records, with --quick 1 million."
    })
final class BenchCommand implements Callable<Integer> {
  private static final int MOST_WARM_UPS = 2;
  private static final int ROUNDS = 5;
  private static final int QUICK_ROUNDS = 2;
  private static final int SECONDS = 2;
  private static final int QUICK_SECONDS = 1;
  private static final List<Double> QUICK_LOADS = List.of(0.25, 0.5, 0.9);
  private static final int GROWTH_MOST_WARM_UPS = 4;
  private static final int GROWTH_ROUNDS = 3;
  private static final int QUICK_BACKLOG = 1_000_000;

  private final Streams streams;

  @Spec private CommandSpec spec;
  @Mixin private Output output;

  @Option(
      names = "--case",
      paramLabel = "NAME",
      description =
          "Measure this case only; may be given several times. The cases are: "
              + "${COMPLETION-CANDIDATES}",
      completionCandidates = CaseNames.class)
  private List<String> cases = new ArrayList<>();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long each turn is: 1 to 600. Default: 2; with --quick: 1")
  private Integer seconds;

  @Option(
      names = "--records",
      paramLabel = "N",
      description = "How many records there are, in every case: 1,000 and up. Default: 1000000")
  private Integer records;

  @Option(
      names = "--endpoint",
      paramLabel = "HOST:PORT",
      converter = EndpointText.class,
      description = "A dispatcher of a cluster that runs already, to be measured instead.")
  private HostPort endpoint;

  @Option(
      names = "--quick",
      description =
          "The same cases in four minutes, with fewer and shorter turns: too short for the JVM's "
              + "compilers on two cores, so that what runs in Byssus looks slower than it is.")
  private boolean quick;

  @Option(
      names = "--growth",
      description =
          "Instead of the cases, how cost grows: throughput and p99 of point reads and streamed"
              + " writes along these curves, which --case then names: namespaces, shards,"
              + " value-size, versions. Every point on a cluster of its own; half an hour or more"
              + " in all.")
  private boolean growth;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write a page with the table and plots. Default: ${DEFAULT-VALUE}",
      defaultValue = "byssus-bench.html")
  private Path report;

  @Option(
      names = "--inner",
      description =
          "Measure the inner loops by JMH instead, some minutes: shard hash, log records, keys on"
              + " disk, applying a record of each kind, point reads. --case then is a regular"
              + " expression, --seconds the length of an iteration, and --json prints what JMH has"
              + " to say.")
  private boolean inner;

  BenchCommand(Streams streams) {
    this.streams = streams;
  }

  /** For the help. */
  static final class CaseNames extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    CaseNames() {
      super(Bench.cases());
    }
  }

  @Override
  public Integer call() throws Exception {
    if (inner) {
      InnerLoops.Effort effort = effort();
      return checked(() -> new InnerReport(streams, output).run(cases, effort));
    }
    if (growth) {
      return new GrowthReport(streams, output, report).run(growthConfig());
    }
    return new CaseReport(streams, output, report).run(config());
  }

  private InnerLoops.Effort effort() {
    for (String other : List.of("--growth", "--endpoint", "--records", "--report")) {
      if (spec.commandLine().getParseResult().hasMatchedOption(other)) {
        throw new ParameterException(spec.commandLine(), other + " does not go with --inner");
      }
    }
    return InnerReport.effort(
        quick, Optional.ofNullable(seconds).map(this::checkedSeconds).map(Duration::ofSeconds));
  }

  private int checkedSeconds(int length) {
    if (length < 1 || length > 600) {
      throw new ParameterException(spec.commandLine(), "--seconds is 1 to 600, this is " + length);
    }
    return length;
  }

  private BenchConfig config() {
    Rounds rounds = quick ? quickRounds(0) : rounds(MOST_WARM_UPS, ROUNDS);
    return checked(
        () ->
            new BenchConfig(
                ByssusMain.class.getName(),
                temporary(),
                cases,
                Optional.ofNullable(endpoint).map(HostPort::toString),
                rounds,
                records(),
                extent()));
  }

  private GrowthConfig growthConfig() {
    if (endpoint != null) {
      throw new ParameterException(
          spec.commandLine(), "--growth needs clusters of its own, and takes no --endpoint");
    }
    Rounds rounds = quick ? quickRounds(1) : rounds(GROWTH_MOST_WARM_UPS, GROWTH_ROUNDS);
    return checked(
        () -> new GrowthConfig(ByssusMain.class.getName(), temporary(), cases, rounds, records()));
  }

  private Rounds rounds(int mostWarmUps, int counted) {
    return new Rounds(mostWarmUps, counted, length(SECONDS));
  }

  private Rounds quickRounds(int mostWarmUps) {
    return new Rounds(mostWarmUps, QUICK_ROUNDS, length(QUICK_SECONDS), QUICK_LOADS);
  }

  private Duration length(int usualSeconds) {
    return Duration.ofSeconds(checkedSeconds(seconds != null ? seconds : usualSeconds));
  }

  private static Path temporary() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  private <T> T checked(Supplier<T> config) {
    try {
      return config.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private int records() {
    return records != null ? records : BenchConfig.USUAL_RECORDS;
  }

  private Extent extent() {
    Extent extent = Extent.USUAL;
    if (quick) {
      extent = extent.withBacklog(QUICK_BACKLOG);
    }
    if (records != null) {
      extent = extent.withRecords(records);
    }
    return seconds == null ? extent : extent.withWatched(Duration.ofSeconds(seconds));
  }
}
