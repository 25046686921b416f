package io.byssus.controlplane.node;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.process.DataDirectory;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MemberStampTest {
  @TempDir Path directory;

  @Test
  void aDirectoryBelongsToOneMemberOfOneGroup() throws Exception {
    try (TestGroup group = new TestGroup(directory, 3, "127.0.0.1:1");
        TestGroup another = new TestGroup(directory, 3, "127.0.0.1:1");
        DataDirectory data = DataDirectory.open(directory.resolve("data"))) {
      MemberStamp.check(data, group.config(0));
      MemberStamp.check(data, group.config(0));
      IOException error =
          assertThrows(IOException.class, () -> MemberStamp.check(data, group.config(1)));
      assertTrue(error.getMessage().contains("belongs to member cp-0"), error.getMessage());
      assertThrows(IOException.class, () -> MemberStamp.check(data, another.config(0)));
    }
  }
}
