package io.byssus.cluster;

import io.byssus.process.DataDirectory;
import io.byssus.process.DirectoryInUseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;

/**
 * A folder among the temporary files that holds all files of one run, removed at its end. A run
 * that was killed could not remove its own: the next one does, for every folder whose name begins
 * alike and which nobody holds any more.
 */
public final class ThrowAwayFolder implements AutoCloseable {
  private static final Duration BEING_MADE = Duration.ofMinutes(1);
  private static final int ATTEMPTS = 20;

  private final DataDirectory held;

  private ThrowAwayFolder(DataDirectory held) {
    this.held = held;
  }

  /**
   * A new folder.
   *
   * @param temporary where temporary files go
   * @param prefix how its name begins: one for each kind of run, such as {@code byssus-demo-}
   */
  public static ThrowAwayFolder create(Path temporary, String prefix) throws IOException {
    removeAbandoned(temporary, prefix);
    return new ThrowAwayFolder(DataDirectory.open(Files.createTempDirectory(temporary, prefix)));
  }

  /** Where it is. */
  public Path path() {
    return held.path();
  }

  /** Removes it with all that is in it. No process may use it any more. */
  @Override
  public void close() throws IOException {
    held.close();
    remove(held.path());
  }

  private static void removeAbandoned(Path temporary, String prefix) throws IOException {
    Instant young = Instant.now().minus(BEING_MADE);
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(temporary, prefix + "*")) {
      for (Path folder : folders) {
        if (Files.isDirectory(folder)
            && Files.isWritable(folder)
            && Files.getLastModifiedTime(folder).toInstant().isBefore(young)) {
          removeUnlessHeld(folder);
        }
      }
    }
  }

  private static void removeUnlessHeld(Path folder) throws IOException {
    try (DataDirectory abandoned = DataDirectory.open(folder)) {
      remove(abandoned.path());
    } catch (DirectoryInUseException e) {
      // Another run, under way.
    } catch (UncheckedIOException | NoSuchFileException e) {
      // Another run removes it too.
    }
  }

  /** A process that was just killed may be seen to make a file: hence a few attempts. */
  private static void remove(Path folder) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        Files.walkFileTree(folder, new Removal());
        return;
      } catch (NoSuchFileException e) {
        if (!Files.exists(folder)) {
          return;
        }
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static final class Removal extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
      Files.deleteIfExists(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
