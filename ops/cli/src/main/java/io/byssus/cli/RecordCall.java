package io.byssus.cli;

import io.byssus.client.ByssusClient;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.ReadOptions;
import io.byssus.client.Session;
import io.byssus.client.WriteOptions;
import java.io.IOException;
import java.util.function.BiFunction;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** One call about one record, in the session that goes on from command to command. */
final class RecordCall {
  @Mixin private Connection connection;
  @Mixin private SessionFile sessionFile;

  @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
  private String namespace;

  @Parameters(
      index = "1",
      paramLabel = "KEY",
      converter = KeyText.class,
      description = "PARTITION or PARTITION/SORT; see 'byssus kv --help'.")
  private Key key;

  /** The record's key. */
  Key key() {
    return key;
  }

  /** The name of the record's namespace. */
  String namespace() {
    return namespace;
  }

  /** Reads, at least what the session has seen. */
  <T> T read(BiFunction<Namespace, ReadOptions, T> read) throws IOException {
    Session session = sessionFile.load();
    return inSession(session, of -> read.apply(of, sessionFile.reads(session)));
  }

  /** Writes, and notes in the session what was written. */
  <T> T write(BiFunction<Namespace, WriteOptions, T> write) throws IOException {
    Session session = sessionFile.load();
    return inSession(session, of -> write.apply(of, sessionFile.writes(session)));
  }

  private <T> T inSession(Session session, Function<Namespace, T> call) throws IOException {
    try (ByssusClient client = connection.open()) {
      T answer = call.apply(client.namespace(namespace));
      sessionFile.save(session);
      return answer;
    }
  }
}
