package io.byssus.cli.export;

import com.google.protobuf.ByteString;
import io.byssus.client.StoredRecord;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Comma-separated values as in RFC 4180, with a line of names first: {@code partition_key}, {@code
 * sort_key}, {@code value}, {@code version}, {@code expires} (empty where the record does not) and
 * {@code base64}: which of the first three stand in base64 in this line, because they are not
 * UTF-8, with spaces between; mostly empty.
 */
final class CsvSink implements RecordSink {
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180
          .builder()
          .setHeader("partition_key", "sort_key", "value", "version", "expires", "base64")
          .get();

  private final CSVPrinter csv;

  CsvSink(Writer text) throws IOException {
    csv = new CSVPrinter(text, FORMAT);
  }

  @Override
  public void write(StoredRecord record) throws IOException {
    List<String> encoded = new ArrayList<>(0);
    csv.printRecord(
        text("partition_key", record.key().partitionKey(), encoded),
        text("sort_key", record.key().sortKey(), encoded),
        text("value", record.value(), encoded),
        Long.toUnsignedString(record.version()),
        record.expires().map(Object::toString).orElse(""),
        String.join(" ", encoded));
  }

  private static String text(String column, byte[] raw, List<String> encoded) {
    ByteString bytes = ByteString.copyFrom(raw);
    if (bytes.isValidUtf8()) {
      return bytes.toStringUtf8();
    }
    encoded.add(column);
    return Base64.getEncoder().encodeToString(raw);
  }

  @Override
  public void flush() throws IOException {
    csv.flush();
  }

  @Override
  public void close() throws IOException {
    csv.close();
  }
}
