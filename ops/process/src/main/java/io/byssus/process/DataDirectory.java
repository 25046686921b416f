package io.byssus.process;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;

/**
 * The directory in which a process keeps what it must not lose. Held under an exclusive lock until
 * closed, or until the process ends, however it ends: the operating system drops the lock then.
 *
 * <p>Two files are its own: {@code lock}, which names the holder's process id, and {@code
 * instance-id}. Small files are written whole or not at all. Thread-safe.
 */
public final class DataDirectory implements AutoCloseable {
  private static final String LOCK = "lock";
  private static final String INSTANCE_ID = "instance-id";
  private static final String UNFINISHED = ".unfinished";

  private final Path path;
  private final FileChannel channel;
  private final FileLock lock;
  private final String instanceId;

  private DataDirectory(Path path, FileChannel channel, FileLock lock) throws IOException {
    this.path = path;
    this.channel = channel;
    this.lock = lock;
    removeUnfinished();
    this.instanceId = readOrMakeInstanceId();
  }

  /**
   * Opens the directory, creating it and its parents if need be.
   *
   * @throws DirectoryInUseException if somebody holds it; the message names directory and holder
   * @throws IOException if it cannot be used
   */
  public static DataDirectory open(Path path) throws IOException {
    Files.createDirectories(path);
    var channel =
        FileChannel.open(
            path.resolve(LOCK),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      var lock = lock(path, channel);
      writeAll(channel, Long.toString(ProcessHandle.current().pid()).getBytes(US_ASCII));
      return new DataDirectory(path, channel, lock);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** A file or folder within. */
  public Path resolve(String name) {
    return path.resolve(name);
  }

  /** Random, made when the directory was first opened; tells apart two that claim one node id. */
  public String instanceId() {
    return instanceId;
  }

  /**
   * Writes a small file, durably: after this returns, and after any crash, {@link #read} gives the
   * new content; after a crash during this, the old or the new.
   */
  public synchronized void write(String name, byte[] content) throws IOException {
    Path unfinished = path.resolve(name + UNFINISHED);
    try (var file =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      writeAll(file, content);
      file.force(true);
    }
    Files.move(unfinished, path.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    // The rename itself lives in the directory.
    try (var directory = FileChannel.open(path, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  /** The content of a small file; empty if it was never written. */
  public Optional<byte[]> read(String name) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(path.resolve(name)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      if (channel.isOpen()) {
        lock.release();
      }
    }
  }

  private static FileLock lock(Path path, FileChannel channel) throws IOException {
    FileLock lock = null;
    String holder = "this process";
    try {
      lock = channel.tryLock();
      holder = lock == null ? "process " + holderPid(channel) : holder;
    } catch (OverlappingFileLockException e) {
      // Held by this process: the same answer.
    }
    if (lock == null) {
      throw new DirectoryInUseException(
          "data directory " + path.toAbsolutePath() + " is in use by " + holder);
    }
    return lock;
  }

  private static String holderPid(FileChannel channel) throws IOException {
    var bytes = ByteBuffer.allocate(20);
    channel.read(bytes, 0);
    String pid = new String(bytes.array(), 0, bytes.position(), US_ASCII);
    return pid.matches("[0-9]+") ? pid : "(unknown)";
  }

  private static void writeAll(FileChannel file, byte[] content) throws IOException {
    file.truncate(0);
    var bytes = ByteBuffer.wrap(content);
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  private void removeUnfinished() throws IOException {
    try (var files = Files.newDirectoryStream(path, "*" + UNFINISHED)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  private String readOrMakeInstanceId() throws IOException {
    var known = read(INSTANCE_ID);
    if (known.isPresent()) {
      return new String(known.get(), US_ASCII).trim();
    }
    String made = UUID.randomUUID().toString();
    write(INSTANCE_ID, made.getBytes(US_ASCII));
    return made;
  }
}
