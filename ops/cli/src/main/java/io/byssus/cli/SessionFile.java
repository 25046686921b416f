package io.byssus.cli;

import io.byssus.client.Consistency;
import io.byssus.client.ReadOptions;
import io.byssus.client.Session;
import io.byssus.client.WriteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import picocli.CommandLine.Option;

/**
 * A session that goes on from one command to the next, in a file: what one has written or seen, the
 * next reads.
 */
final class SessionFile {
  @Option(
      names = "--session",
      paramLabel = "FILE",
      description =
          "Keep a session in this file, which is made where it is missing: reads then see at least "
              + "what earlier commands with the same file have written or seen.")
  private Path file;

  /** The session; one that has seen nothing where there is no file yet. */
  Session load() throws IOException {
    if (file == null || !Files.exists(file)) {
      return new Session();
    }
    try {
      return Session.parse(Files.readString(file).strip());
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " holds no session: " + e.getMessage(), e);
    }
  }

  /** Reads see what the session has seen, where there is one. */
  ReadOptions reads(Session session) {
    ReadOptions options = ReadOptions.defaults().withSession(session);
    return file == null ? options : options.withConsistency(Consistency.SESSION);
  }

  /** Writes note their position in the session. */
  WriteOptions writes(Session session) {
    return WriteOptions.defaults().withSession(session);
  }

  /** Keeps the session, whole or not at all. */
  void save(Session session) throws IOException {
    if (file == null) {
      return;
    }
    Path next = Path.of(file + ".unfinished");
    Files.writeString(next, session.export() + "\n");
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
