package io.byssus.cli.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.byssus.cli.text.BytesJson;
import io.byssus.client.StoredRecord;
import java.io.IOException;
import java.io.Writer;

/**
 * One JSON object a line: {@code partition_key}, {@code sort_key}, {@code value} (each under {@code
 * …_base64} instead where it is not UTF-8), {@code version} as a string of digits, and {@code
 * expires} where the record does.
 */
final class JsonLinesSink implements RecordSink {
  private final Writer text;

  JsonLinesSink(Writer text) {
    this.text = text;
  }

  @Override
  public void write(StoredRecord record) throws IOException {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    BytesJson.put(object, "partition_key", record.key().partitionKey());
    BytesJson.put(object, "sort_key", record.key().sortKey());
    BytesJson.put(object, "value", record.value());
    object.put("version", Long.toUnsignedString(record.version()));
    record.expires().ifPresent(expires -> object.put("expires", expires.toString()));
    text.write(object.toString());
    text.write('\n');
  }

  @Override
  public void flush() throws IOException {
    text.flush();
  }

  @Override
  public void close() throws IOException {
    text.close();
  }
}
