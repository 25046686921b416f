package io.byssus.cli.demo;

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

class DemoFolderTest {
  @TempDir Path temporary;

  @Test
  void aFolderIsRemovedWithAllThatIsInIt() throws IOException {
    DemoFolder folder = DemoFolder.create(temporary);
    Path path = folder.path();
    Files.createDirectories(path.resolve("a/b"));
    Files.writeString(path.resolve("a/b/c"), "x");
    folder.close();
    assertFalse(Files.exists(path));
  }

  @Test
  void whatAKilledDemoLeftBehindIsRemovedByTheNext() throws IOException {
    Path abandoned = old(Files.createDirectories(temporary.resolve("byssus-demo-1/data")));
    Path young = Files.createDirectories(temporary.resolve("byssus-demo-2"));
    Path foreign = old(Files.createDirectories(temporary.resolve("other-3")));
    old(abandoned.getParent());
    try (DemoFolder held = DemoFolder.create(temporary)) {
      old(held.path());
      try (DemoFolder second = DemoFolder.create(temporary)) {
        assertFalse(Files.exists(abandoned.getParent()));
        assertTrue(Files.exists(young));
        assertTrue(Files.exists(foreign));
        assertTrue(Files.exists(held.path()), "another demo's, which runs");
        assertTrue(Files.exists(second.path()));
      }
    }
  }

  private static Path old(Path folder) throws IOException {
    Instant longAgo = Instant.now().minus(Duration.ofHours(1));
    return Files.setLastModifiedTime(folder, FileTime.from(longAgo));
  }
}
