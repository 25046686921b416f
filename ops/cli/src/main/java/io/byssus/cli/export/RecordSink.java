package io.byssus.cli.export;

import io.byssus.client.StoredRecord;
import java.io.IOException;

/** Takes records in one format. Closing it closes what it writes to. */
public interface RecordSink extends AutoCloseable {
  /** Writes a record. */
  void write(StoredRecord record) throws IOException;

  /** Hands on what was written so far. */
  void flush() throws IOException;

  @Override
  void close() throws IOException;
}
