package io.byssus.cli;

import io.byssus.client.Key;
import io.byssus.client.WriteResult;

/** How a write that was acknowledged is told. */
final class WriteAnswer {
  private WriteAnswer() {}

  static void print(Streams streams, Output output, Key key, WriteResult result) {
    if (output.json()) {
      Output.print(streams, RecordJson.written(key, result));
    } else {
      streams.out().println("shard " + result.shard() + ", position " + result.position());
    }
  }
}
