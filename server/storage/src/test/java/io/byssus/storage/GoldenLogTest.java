package io.byssus.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.testkit.Seed;
import io.byssus.wal.LogEntry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A log of format 1 that is kept for good, and the digests of the shard that it makes: what was
 * once written must mean the same to every later release.
 *
 * <p>The log was made by {@code -Dgolden.write=true}, which is right to be used again only while
 * the format is not released. A difference is a change of what a log means, or of what a digest
 * covers.
 */
class GoldenLogTest {
  private static final String LOG = "golden/log-1.bin";
  private static final String DIGESTS = "golden/log-1.digests";
  private static final int RECORDS = 600;
  private static final int EVERY = 50;

  @TempDir Path directory;

  @BeforeAll
  static void write() throws IOException {
    if (!Boolean.getBoolean("golden.write")) {
      return;
    }
    RandomLog log = new RandomLog(new Seed(1).random(), RECORDS);
    Path home = Path.of("src/test/resources");
    Files.createDirectories(home.resolve(LOG).getParent());
    Files.write(home.resolve(LOG), encode(log.entries()));
    Path scratch = Files.createTempDirectory("golden");
    Files.writeString(home.resolve(DIGESTS), String.join("\n", digests(log.entries(), scratch)));
  }

  private static byte[] encode(List<LogEntry> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    for (LogEntry entry : entries) {
      out.writeLong(entry.appendTimeMillis());
      out.writeInt(entry.bytes().length);
      out.write(entry.bytes());
    }
    return bytes.toByteArray();
  }

  private static List<LogEntry> decode(byte[] bytes) throws IOException {
    List<LogEntry> entries = new ArrayList<>();
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    while (in.available() > 0) {
      long appendTime = in.readLong();
      byte[] record = new byte[in.readInt()];
      in.readFully(record);
      entries.add(new LogEntry(entries.size(), 0, appendTime, record));
    }
    return entries;
  }

  /** The digest behind every so many records, a line each. */
  private static List<String> digests(List<LogEntry> entries, Path home) {
    List<String> digests = new ArrayList<>();
    try (NodeStorage node = new NodeStorage(StorageConfig.DEFAULT, TestHooks.NONE);
        Shard shard = Shard.open(home, TestShard.IDENTITY, node)) {
      for (int from = 0; from < entries.size(); from += EVERY) {
        shard.apply(entries.subList(from, Math.min(from + EVERY, entries.size())));
        try (ShardDump dump = shard.dump()) {
          digests.add(shard.nextOffset() + " " + Long.toHexString(dump.digest()));
        }
      }
    }
    return digests;
  }

  private static byte[] resource(String name) throws IOException {
    Path written = Path.of("src/test/resources").resolve(name);
    if (Files.exists(written)) {
      return Files.readAllBytes(written);
    }
    try (InputStream in = GoldenLogTest.class.getClassLoader().getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  @Test
  void theLogMeansWhatItMeantWhenItWasWritten() throws IOException {
    List<LogEntry> entries = decode(resource(LOG));
    assertTrue(entries.size() >= RECORDS);
    List<String> expected = new String(resource(DIGESTS), StandardCharsets.UTF_8).lines().toList();
    assertEquals(expected, digests(entries, directory));
  }
}
