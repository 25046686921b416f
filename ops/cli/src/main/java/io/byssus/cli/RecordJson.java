package io.byssus.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.byssus.client.Key;
import io.byssus.client.StoredRecord;
import io.byssus.client.WriteResult;
import java.util.Base64;

/**
 * Records as JSON objects. Bytes stand as {@code "value": "…"} where they are UTF-8, else as {@code
 * "value_base64": "…"}, never both; the same for keys. Versions are strings: JavaScript's numbers
 * are too small for them.
 */
final class RecordJson {
  private RecordJson() {}

  /** The two parts of a key. */
  static ObjectNode key(Key key) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    put(object, "partition_key", key.partitionKey());
    put(object, "sort_key", key.sortKey());
    return object;
  }

  /** A record that is there. */
  static ObjectNode record(StoredRecord record) {
    ObjectNode object = key(record.key());
    put(object, "value", record.value());
    object.put("version", Long.toUnsignedString(record.version()));
    object.put("shard", record.shard());
    object.put("position", record.position().toString());
    object.put("age_ms", record.age().toMillis());
    return object;
  }

  /** A record that is not there. */
  static ObjectNode absent(Key key) {
    ObjectNode object = key(key);
    object.putNull("value");
    return object;
  }

  /** A write that was acknowledged. */
  static ObjectNode written(Key key, WriteResult result) {
    ObjectNode object = key(key);
    object.put("shard", result.shard());
    object.put("position", result.position().toString());
    result.version().ifPresent(v -> object.put("version", Long.toUnsignedString(v)));
    return object;
  }

  private static void put(ObjectNode object, String name, byte[] bytes) {
    ByteString text = ByteString.copyFrom(bytes);
    if (text.isValidUtf8()) {
      object.put(name, text.toStringUtf8());
    } else {
      object.put(name + "_base64", Base64.getEncoder().encodeToString(bytes));
    }
  }
}
