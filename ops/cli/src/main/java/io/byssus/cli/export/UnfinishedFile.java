package io.byssus.cli.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that gets its name when it is complete, and not before: until then it stands beside it as
 * {@code NAME.….part}. Where it is closed unfinished, or the process ends, it is removed, and what
 * had the name keeps it; only a process that is killed leaves the part behind.
 */
public final class UnfinishedFile implements AutoCloseable {
  private final Path target;
  private final Path part;
  private final FileChannel channel;

  /**
   * Begins a file that shall have a name.
   *
   * @throws NoSuchFileException where its folder is not there
   */
  public UnfinishedFile(Path target) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new NoSuchFileException(String.valueOf(folder));
    }
    this.target = target;
    String suffix = "." + UUID.randomUUID().toString().substring(0, 8) + ".part";
    this.part = target.resolveSibling(target.getFileName() + suffix);
    this.channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    part.toFile().deleteOnExit();
  }

  /** Where its bytes go; not to be closed before {@link #finish}. */
  public OutputStream stream() {
    return Channels.newOutputStream(channel);
  }

  /** Gives it its name, when all of it is on disk. */
  public void finish() throws IOException {
    channel.force(true);
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(part);
  }
}
