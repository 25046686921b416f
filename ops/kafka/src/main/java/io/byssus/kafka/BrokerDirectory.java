package io.byssus.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A broker's directory, held under an exclusive lock until closed: {@code lock}, and {@code logs}
 * for everything that is Kafka's.
 */
final class BrokerDirectory implements AutoCloseable {
  private final Path logs;
  private final FileChannel channel;
  private final FileLock lock;

  private BrokerDirectory(Path logs, FileChannel channel, FileLock lock) {
    this.logs = logs;
    this.channel = channel;
    this.lock = lock;
  }

  /** Creates the directory if need be and locks it; refuses one that another broker holds. */
  static BrokerDirectory open(Path data) throws IOException {
    Files.createDirectories(data);
    var channel =
        FileChannel.open(data.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held in this JVM: the same answer as from another process.
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw new IOException("another Kafka broker is using " + data.toAbsolutePath());
    }
    return new BrokerDirectory(data.resolve("logs"), channel, lock);
  }

  Path logs() {
    return logs;
  }

  /**
   * Gives a new directory its cluster id; does nothing to one that has it. Kafka writes {@code
   * meta.properties} last, so a formatting that was cut off is done again.
   */
  void formatOnce() throws IOException {
    if (Files.exists(logs.resolve("meta.properties"))) {
      return;
    }
    Files.createDirectories(logs);
    var silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    try {
      new Formatter()
          .setPrintStream(silent)
          .setNodeId(BrokerSettings.NODE_ID)
          .setClusterId(Uuid.randomUuid().toString())
          .addDirectory(logs.toString())
          .setMetadataLogDirectory(logs.toString())
          .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
          .setReleaseVersion(MetadataVersion.latestProduction())
          .run();
    } catch (Exception e) {
      throw new IOException("cannot prepare " + logs + " for Kafka", e);
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      lock.release();
    }
  }
}
