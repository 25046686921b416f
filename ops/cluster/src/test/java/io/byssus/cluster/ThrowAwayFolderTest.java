package io.byssus.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThrowAwayFolderTest {
  @TempDir Path temporary;

  @Test
  void aFolderIsRemovedWithAllThatIsInIt() throws IOException {
    ThrowAwayFolder folder = ThrowAwayFolder.create(temporary, "byssus-demo-");
    Path path = folder.path();
    Files.createDirectories(path.resolve("a/b"));
    Files.writeString(path.resolve("a/b/c"), "x");
    folder.close();
    assertFalse(Files.exists(path));
  }

  @Test
  void whatAKilledRunLeftBehindIsRemovedByTheNext() throws IOException {
    Path abandoned = old(Files.createDirectories(temporary.resolve("byssus-demo-1/data")));
    Path young = Files.createDirectories(temporary.resolve("byssus-demo-2"));
    Path foreign = old(Files.createDirectories(temporary.resolve("other-3")));
    old(abandoned.getParent());
    try (ThrowAwayFolder held = ThrowAwayFolder.create(temporary, "byssus-demo-")) {
      old(held.path());
      try (ThrowAwayFolder second = ThrowAwayFolder.create(temporary, "byssus-demo-")) {
        assertFalse(Files.exists(abandoned.getParent()));
        assertTrue(Files.exists(young));
        assertTrue(Files.exists(foreign));
        assertTrue(Files.exists(held.path()), "another run's, which goes on");
        assertTrue(Files.exists(second.path()));
      }
    }
  }

  private static Path old(Path folder) throws IOException {
    Instant longAgo = Instant.now().minus(Duration.ofHours(1));
    return Files.setLastModifiedTime(folder, FileTime.from(longAgo));
  }
}
