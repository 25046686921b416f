package io.byssus.cli.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.util.Base64;

/**
 * Bytes in JSON objects: {@code "value": "…"} where they are UTF-8, else {@code "value_base64":
 * "…"}, never both.
 */
public final class BytesJson {
  private BytesJson() {}

  /** Puts bytes into an object, under a name. */
  public static void put(ObjectNode object, String name, byte[] bytes) {
    ByteString text = ByteString.copyFrom(bytes);
    if (text.isValidUtf8()) {
      object.put(name, text.toStringUtf8());
    } else {
      object.put(name + "_base64", Base64.getEncoder().encodeToString(bytes));
    }
  }
}
