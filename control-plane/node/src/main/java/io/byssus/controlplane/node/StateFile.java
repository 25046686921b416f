package io.byssus.controlplane.node;

import io.byssus.proto.internal.v1.ControlSnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/** A snapshot's one file: the CRC-32C of the rest, 4 bytes, and the {@link ControlSnapshot}. */
final class StateFile {
  private StateFile() {}

  /** Writes the file durably. */
  static void write(Path path, ControlSnapshot snapshot) throws IOException {
    byte[] body = snapshot.toByteArray();
    ByteBuffer content = ByteBuffer.allocate(Integer.BYTES + body.length);
    content.putInt(crc(body)).put(body).flip();
    try (FileChannel file =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      while (content.hasRemaining()) {
        file.write(content);
      }
      file.force(true);
    }
  }

  /**
   * Reads the file.
   *
   * @throws IOException where it is missing or damaged
   */
  static ControlSnapshot read(Path path) throws IOException {
    ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(path));
    if (content.remaining() < Integer.BYTES) {
      throw new IOException(path + " is cut short");
    }
    int crc = content.getInt();
    byte[] body = new byte[content.remaining()];
    content.get(body);
    if (crc != crc(body)) {
      throw new IOException(path + " is damaged: its checksum does not match");
    }
    return ControlSnapshot.parseFrom(body);
  }

  private static int crc(byte[] body) {
    CRC32C crc = new CRC32C();
    crc.update(body);
    return (int) crc.getValue();
  }
}
