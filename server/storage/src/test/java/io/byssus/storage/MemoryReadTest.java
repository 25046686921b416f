package io.byssus.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.proto.log.v1.Lifetime;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads that must not wait for the disk. */
class MemoryReadTest {
  @TempDir Path directory;
  private TestShard shard;

  @BeforeEach
  void open() {
    shard = new TestShard(directory, TestShard.rules());
  }

  @AfterEach
  void close() {
    shard.close();
  }

  @Test
  void whatWasJustWrittenIsInMemory() {
    shard.write("de", LogBuilder.put("", "berlin"));
    assertKnown(Optional.of("berlin"), "de");
    shard.write("de", LogBuilder.delete(""));
    assertKnown(Optional.empty(), "de");
  }

  @Test
  void anEmptyShardKnowsThatThereIsNothing() {
    assertKnown(Optional.empty(), "de");
  }

  @Test
  void whatLiesInAFileIsKnownOnceItWasRead() {
    // Not all in one block of the file, some of which are read when a shard opens.
    String value = "x".repeat(1_000);
    for (int i = 0; i < 100; i++) {
      shard.write("d" + i, LogBuilder.put("", value));
    }
    shard.shard().flush();
    shard.restart();
    assertFalse(read("d50").known(), "nobody has read the block yet");
    assertEquals(value, shard.value("d50"));
    assertKnown(Optional.of(value), "d50");
  }

  @Test
  void memoryKeepsToTheShardClock() {
    shard.write(
        "de",
        LogBuilder.put("", "berlin").toBuilder()
            .setLifetime(Lifetime.newBuilder().setTtlMs(1_000))
            .build());
    assertKnown(Optional.of("berlin"), "de");
    shard.tick(1_000);
    assertKnown(Optional.empty(), "de");
  }

  private void assertKnown(Optional<String> value, String partitionKey) {
    MemoryRead read = read(partitionKey);
    assertTrue(read.known());
    assertEquals(value, read.record().map(record -> record.value().toStringUtf8()));
  }

  private MemoryRead read(String partitionKey) {
    return shard
        .shard()
        .getFromMemory(LogBuilder.NAMESPACE, LogBuilder.bytes(partitionKey), ByteString.EMPTY);
  }
}
