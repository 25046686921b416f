package io.byssus.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir Path temp;

  @Test
  void keepsItsInstanceIdAndTwoDirectoriesNeverShareOne() throws Exception {
    String first;
    try (var directory = DataDirectory.open(temp.resolve("a/b"))) {
      first = directory.instanceId();
    }
    try (var again = DataDirectory.open(temp.resolve("a/b"));
        var other = DataDirectory.open(temp.resolve("other"))) {
      assertEquals(first, again.instanceId());
      assertNotEquals(first, other.instanceId());
    }
  }

  @Test
  void writesSmallFilesWholeAndForgetsThoseThatWereCutOff() throws Exception {
    try (var directory = DataDirectory.open(temp)) {
      assertEquals(Optional.empty(), directory.read("map"));
      directory.write("map", "a longer first content".getBytes(UTF_8));
      directory.write("map", "second".getBytes(UTF_8));
      assertArrayEquals("second".getBytes(UTF_8), directory.read("map").orElseThrow());
    }
    Files.writeString(temp.resolve("map.unfinished"), "ha");
    try (var directory = DataDirectory.open(temp)) {
      assertFalse(Files.exists(temp.resolve("map.unfinished")));
      assertArrayEquals("second".getBytes(UTF_8), directory.read("map").orElseThrow());
    }
  }

  @Test
  void aSecondHolderInThisProcessIsRefused() throws Exception {
    try (var held = DataDirectory.open(temp)) {
      var refused =
          assertThrows(DirectoryInUseException.class, () -> DataDirectory.open(held.path()));
      assertTrue(refused.getMessage().contains(temp.toString()), refused::toString);
      assertTrue(refused.getMessage().contains("this process"), refused::toString);
    }
    DataDirectory.open(temp).close();
  }

  @Test
  void anotherProcessHoldsItUntilItIsKilledAndIsNamedByItsPid() throws Exception {
    try (var child = ChildJvm.start(Holder.class, temp.toString())) {
      assertEquals("held", child.line());
      var refused = assertThrows(DirectoryInUseException.class, () -> DataDirectory.open(temp));
      assertEquals(
          "data directory " + temp + " is in use by process " + child.pid(), refused.getMessage());
      child.kill();
      DataDirectory.open(temp).close();
    }
  }

  /** Holds the directory until it is killed. */
  static final class Holder {
    public static void main(String[] args) throws IOException {
      try (var directory = DataDirectory.open(Path.of(args[0]))) {
        System.out.println("held");
        System.in.read();
      }
    }
  }
}
