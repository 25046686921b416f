package io.byssus.clustermap;

import com.google.protobuf.InvalidProtocolBufferException;
import io.byssus.proto.internal.v1.ClusterMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last map, on disk: so that a process starts while the control plane is away. Replaced whole:
 * after a crash the file holds the map before or the map after, never part of one.
 *
 * <p>Layout: 4 bytes of magic, the CRC-32C of the rest, the {@link ClusterMap}.
 */
record MapFile(Path path) {
  private static final Logger log = LoggerFactory.getLogger(MapFile.class);
  private static final int MAGIC = 0xB7550001;
  private static final int HEADER_BYTES = 8;

  /** The map in the file; empty where there is none, or none that can be read. */
  Optional<ClusterMap> read() {
    try {
      ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(path));
      if (content.remaining() < HEADER_BYTES || content.getInt() != MAGIC) {
        log.warn("The map file is not one of this release, going on without it: file={}", path);
        return Optional.empty();
      }
      if (content.getInt() != crc(content.duplicate())) {
        log.warn("The map file is damaged, going on without it: file={}", path);
        return Optional.empty();
      }
      return Optional.of(ClusterMap.parseFrom(content));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (InvalidProtocolBufferException e) {
      log.warn("The map file is damaged, going on without it: file={}", path, e);
      return Optional.empty();
    } catch (IOException e) {
      log.warn("The map file cannot be read, going on without it: file={}", path, e);
      return Optional.empty();
    }
  }

  /** Replaces the map in the file, durably. */
  void write(ClusterMap map) throws IOException {
    byte[] body = map.toByteArray();
    ByteBuffer content = ByteBuffer.allocate(HEADER_BYTES + body.length);
    content.putInt(MAGIC).putInt(crc(ByteBuffer.wrap(body))).put(body).flip();
    Path directory = path.toAbsolutePath().getParent();
    Files.createDirectories(directory);
    Path fresh = directory.resolve(path.getFileName() + ".new");
    try (FileChannel file =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      while (content.hasRemaining()) {
        file.write(content);
      }
      file.force(true);
    }
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel parent = FileChannel.open(directory, StandardOpenOption.READ)) {
      parent.force(true);
    }
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
