package io.byssus.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.byssus.cli.text.BytesJson;
import io.byssus.client.IncrementResult;
import io.byssus.client.Key;
import io.byssus.client.PageToken;
import io.byssus.client.RecordVersion;
import io.byssus.client.StoredRecord;
import io.byssus.client.WriteFailure;
import io.byssus.client.WriteResult;

/**
 * Records as JSON objects, bytes as {@link BytesJson} puts them. Versions are strings: JavaScript's
 * numbers are too small for them.
 */
final class RecordJson {
  private RecordJson() {}

  /** The two parts of a key. */
  static ObjectNode key(Key key) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    BytesJson.put(object, "partition_key", key.partitionKey());
    BytesJson.put(object, "sort_key", key.sortKey());
    return object;
  }

  /** A record that is there. */
  static ObjectNode record(StoredRecord record) {
    ObjectNode object = key(record.key());
    BytesJson.put(object, "value", record.value());
    object.put("version", Long.toUnsignedString(record.version()));
    record.expires().ifPresent(expires -> object.put("expires", expires.toString()));
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

  /** A version of a record. */
  static ObjectNode version(RecordVersion version) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("version", Long.toUnsignedString(version.version()));
    version
        .value()
        .ifPresentOrElse(
            value -> BytesJson.put(object, "value", value), () -> object.put("deleted", true));
    version.expires().ifPresent(expires -> object.put("expires", expires.toString()));
    return object;
  }

  /** Where a list goes on. */
  static ObjectNode nextPage(PageToken token) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("next_page_token", token.toString());
    return object;
  }

  /** A write that was acknowledged. */
  static ObjectNode written(Key key, WriteResult result) {
    ObjectNode object = key(key);
    object.put("shard", result.shard());
    object.put("position", result.position().toString());
    result.version().ifPresent(v -> object.put("version", Long.toUnsignedString(v)));
    if (result.superseded() > 0) {
      object.put("superseded", true);
    }
    result.failure().ifPresent(failure -> object.set("failure", failure(failure)));
    return object;
  }

  /** An increment that was acknowledged. Its sum is a string: it has 64 bits. */
  static ObjectNode incremented(Key key, IncrementResult result) {
    ObjectNode object = written(key, result.write());
    result.sum().ifPresent(sum -> object.put("sum", Long.toString(sum)));
    return object;
  }

  private static ObjectNode failure(WriteFailure failure) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("reason", failure.reason().name());
    object.put("present", failure.present());
    failure.version().ifPresent(v -> object.put("version", Long.toUnsignedString(v)));
    return object;
  }
}
