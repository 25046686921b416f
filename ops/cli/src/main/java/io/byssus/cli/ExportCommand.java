package io.byssus.cli;

import io.byssus.cli.export.ExportFormat;
import io.byssus.cli.export.NamespaceExport;
import io.byssus.cli.export.RecordSink;
import io.byssus.cli.export.UnfinishedFile;
import io.byssus.client.ByssusClient;
import io.byssus.client.ByssusClientException;
import io.byssus.client.ReadOptions;
import io.byssus.client.ScanAll;
import io.byssus.client.Session;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code byssus export}: writes a whole namespace out. */
@Command(
    name = "export",
    description = {
      "Writes every record of a namespace to a file or to standard output.",
      "",
      "Goes shard by shard, several at a time. How far it has come is told on standard error.",
      "",
      "jsonl: one object per line, with partition_key, sort_key and value (as"
          + " partition_key_base64,",
      "sort_key_base64, value_base64 where it is not UTF-8), version, and expires where it does.",
      "csv: the columns partition_key, sort_key, value, version, expires and base64, which names",
      "those of the first three that stand in base64 in this line, because they are not UTF-8.",
      "",
      "Records stand in order within a shard, not between shards. It is not a snapshot: what is",
      "written meanwhile may or may not be in it. With --out the file gets its name when it is",
      "complete: an export that fails leaves what was there. Without, the output is incomplete"
          + " where",
      "the exit code is not 0."
    },
    footer = {
      "",
      "Examples:",
      "  byssus export --namespace places --out places.jsonl",
      "  byssus export --namespace places --format csv | gzip > places.csv.gz"
    })
final class ExportCommand implements Callable<Integer> {
  private final Streams streams;

  @Spec private CommandSpec spec;
  @Mixin private Connection connection;
  @Mixin private SessionFile sessionFile;
  @Mixin private ReadLevel level;

  @Option(
      names = "--namespace",
      paramLabel = "NAMESPACE",
      required = true,
      description = "The namespace.")
  private String namespace;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "jsonl",
      converter = FormatText.class,
      description = "jsonl or csv. Default: ${DEFAULT-VALUE}")
  private ExportFormat format;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The file to write; one that is there is replaced. Default: standard output")
  private Path out;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      defaultValue = "4",
      description = "How many shards are read at a time: 1 to 64. Default: ${DEFAULT-VALUE}")
  private int parallelism;

  ExportCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    ScanAll settings = settings();
    Session session = sessionFile.load();
    ReadOptions reads = level.applied(sessionFile.reads(session));
    ExportProgress progress = new ExportProgress(streams.err(), System::nanoTime);
    try (ByssusClient client = connection.open()) {
      if (out == null) {
        toStandardOutput(client, settings, reads, progress);
      } else {
        toFile(client, settings, reads, progress);
      }
      sessionFile.save(session);
    } catch (ByssusClientException | IOException e) {
      streams
          .err()
          .println(
              "the export stopped after about "
                  + progress.soFar()
                  + " records; "
                  + (out == null ? "the output is incomplete" : "nothing was written to " + out));
      throw e;
    }
    return ExitCodes.OK;
  }

  private ScanAll settings() {
    try {
      return ScanAll.defaults().withParallelism(parallelism);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--parallelism: " + e.getMessage());
    }
  }

  private void toFile(
      ByssusClient client, ScanAll settings, ReadOptions reads, ExportProgress progress)
      throws IOException {
    try (UnfinishedFile file = new UnfinishedFile(out)) {
      RecordSink sink = format.on(file.stream());
      long records =
          NamespaceExport.run(client.namespace(namespace), settings, reads, sink, progress);
      file.finish();
      progress.done(records, "written to " + out);
    }
  }

  private void toStandardOutput(
      ByssusClient client, ScanAll settings, ReadOptions reads, ExportProgress progress)
      throws IOException {
    RecordSink sink = format.on(new Checked(streams.out()));
    long records =
        NamespaceExport.run(client.namespace(namespace), settings, reads, sink, progress);
    progress.done(records, "written");
  }

  /** A print stream keeps its failures to itself; here a pipe that nobody reads ends the export. */
  private static final class Checked extends FilterOutputStream {
    private final PrintStream stream;

    Checked(PrintStream stream) {
      super(stream);
      this.stream = stream;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      stream.write(bytes, from, length);
      if (stream.checkError()) {
        throw new IOException("standard output cannot be written to");
      }
    }
  }

  /** Formats as people type them. */
  static final class FormatText implements ITypeConverter<ExportFormat> {
    @Override
    public ExportFormat convert(String text) {
      return switch (text) {
        case "jsonl" -> ExportFormat.JSONL;
        case "csv" -> ExportFormat.CSV;
        default ->
            throw new TypeConversionException(
                "'" + text + "' is no format; there are jsonl and csv");
      };
    }
  }
}
