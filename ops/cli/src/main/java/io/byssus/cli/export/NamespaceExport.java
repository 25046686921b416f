package io.byssus.cli.export;

import io.byssus.client.Namespace;
import io.byssus.client.ReadOptions;
import io.byssus.client.ScanAll;
import io.byssus.client.ScanAllCursor;
import io.byssus.client.ScanAllProgress;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Reads every record of a namespace and writes it out. Several shards are read at a time, and no
 * faster than the sink takes the records: in order within a shard, in no order between them. It is
 * not a snapshot: what is written meanwhile may or may not be in it.
 */
public final class NamespaceExport {
  private static final int RECORDS_PER_REPORT = 1_000;

  private NamespaceExport() {}

  /**
   * Exports; the sink stays open, and holds everything when this returns.
   *
   * @param told is told of the progress now and then, and at the end
   * @return how many records there were
   */
  public static long run(
      Namespace namespace,
      ScanAll settings,
      ReadOptions reads,
      RecordSink sink,
      Consumer<ScanAllProgress> told)
      throws IOException {
    long records = 0;
    try (ScanAllCursor cursor = namespace.scanAll(settings, reads)) {
      while (cursor.hasNext()) {
        sink.write(cursor.next());
        if (++records % RECORDS_PER_REPORT == 0) {
          told.accept(cursor.progress());
        }
      }
      sink.flush();
      told.accept(cursor.progress());
    }
    return records;
  }
}
