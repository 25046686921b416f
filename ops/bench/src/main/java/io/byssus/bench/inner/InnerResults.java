package io.byssus.bench.inner;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;

/** What JMH measured. */
public final class InnerResults {
  private final List<RunResult> all;

  InnerResults(Collection<RunResult> all) {
    this.all = List.copyOf(all);
  }

  /** One for each benchmark and set of parameters. */
  List<RunResult> all() {
    return all;
  }

  /** JMH's table. */
  public String table() {
    return in(ResultFormatType.TEXT);
  }

  /** JMH's JSON: an array. */
  public String json() {
    return in(ResultFormatType.JSON);
  }

  private String in(ResultFormatType form) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
      ResultFormatFactory.getInstance(form, out).writeOut(all);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
