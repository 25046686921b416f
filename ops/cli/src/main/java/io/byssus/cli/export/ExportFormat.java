package io.byssus.cli.export;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/** In which form records are exported. Both are UTF-8 text. */
public enum ExportFormat {
  /** One JSON object a line; see {@link JsonLinesSink}. */
  JSONL {
    @Override
    RecordSink on(Writer text) {
      return new JsonLinesSink(text);
    }
  },

  /** Comma-separated values, with a line of names first; see {@link CsvSink}. */
  CSV {
    @Override
    RecordSink on(Writer text) throws IOException {
      return new CsvSink(text);
    }
  };

  /** A sink that writes this form to a stream. */
  public RecordSink on(OutputStream out) throws IOException {
    return on(new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16));
  }

  abstract RecordSink on(Writer text) throws IOException;
}
