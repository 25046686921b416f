package io.byssus.controlplane.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.byssus.process.DataDirectory;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which member of which group a data directory belongs to, written into it at the first start. A
 * directory under another identity would vote twice, or in a group that it is not of.
 */
final class MemberStamp {
  private static final String FILE = "member";

  private MemberStamp() {}

  /**
   * Stamps the directory, or checks its stamp.
   *
   * @throws IOException where it is stamped otherwise
   */
  static void check(DataDirectory data, ControlPlaneConfig config) throws IOException {
    String group =
        config.members().stream()
            .map(member -> member.id() + "@" + member.raft())
            .sorted()
            .collect(Collectors.joining(","));
    String stamp = config.nodeId() + " of " + group;
    Optional<byte[]> present = data.read(FILE);
    if (present.isEmpty()) {
      data.write(FILE, stamp.getBytes(UTF_8));
      return;
    }
    String found = new String(present.get(), UTF_8);
    if (!found.equals(stamp)) {
      throw new IOException(
          "data directory "
              + data.path()
              + " belongs to member "
              + found
              + "; the configuration says "
              + stamp
              + ". Members and their Raft addresses cannot be changed");
    }
  }
}
