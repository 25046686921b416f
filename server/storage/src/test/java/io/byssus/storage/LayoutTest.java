package io.byssus.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.proto.internal.v1.OutcomeKind;
import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.testkit.Seed;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What stands on disk, byte by byte: a change here is a change of the format. */
class LayoutTest {
  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static ByteString utf8(String text) {
    return ByteString.copyFromUtf8(text);
  }

  @Test
  void keysStandAsDescribed() {
    WriterId writer = new WriterId(0x0102030405060708L, 0x1112131415161718L);
    assertEquals("0068", hex(ShardKeys.HEADER));
    assertEquals("0069", hex(ShardKeys.IDENTITY));
    assertEquals("006e00000007", hex(ShardKeys.rules(7)));
    assertEquals("007701020304050607081112131415161718", hex(ShardKeys.writer(writer)));
    assertEquals(
        "006f010203040506070811121314151617180000000000000009", hex(ShardKeys.outcome(writer, 9)));
    assertEquals("300000000000000102", hex(ShardKeys.deadLetter(258)));
    assertEquals("006400000007", hex(ShardKeys.dropped(7)));
    assertEquals("006500000007", hex(ShardKeys.expiryMark(7)));
    byte[] record = ShardKeys.record(7, utf8("DE"), utf8("a"));
    assertEquals("1000000007" + "4445" + "0000" + "61", hex(record));
    assertEquals("1200000007" + "4445" + "0000" + "61", hex(ShardKeys.past(record)));
    assertEquals(
        "1100000007" + "4445" + "0000" + "61" + "0000000000000102",
        hex(ShardKeys.olderValue(record, 258)));
    assertEquals(
        "2000000007" + "0000000000000103" + "4445" + "0000" + "61",
        hex(ShardKeys.expiry(record, 259)));
    assertEquals(
        "1000000007" + "00ff44ff00ff" + "0000" + "00ff",
        hex(
            ShardKeys.record(
                7,
                ByteString.copyFrom(new byte[] {0, 0x44, -1, 0}),
                ByteString.copyFrom(new byte[] {0, -1}))));
  }

  @Test
  void aRecordsKeyGivesBackItsParts() {
    List<ByteString> parts =
        List.of(
            ByteString.copyFrom(new byte[4_090]),
            utf8("北京"),
            ByteString.copyFrom(new byte[] {0, -1, 0, 0, 7}),
            ByteString.copyFrom(new byte[] {-1, 0}),
            ByteString.copyFrom(new byte[] {-1}));
    for (ByteString partitionKey : parts) {
      for (ByteString sortKey : parts) {
        byte[] key = ShardKeys.record(-1, partitionKey, sortKey);
        assertEquals(-1, ShardKeys.namespaceOf(key));
        assertEquals(new RecordKey(partitionKey, sortKey), ShardKeys.nameOf(key));
        assertArrayEquals(key, ShardKeys.recordOfPast(ShardKeys.past(key)));
        byte[] indexed = ShardKeys.expiry(key, 12);
        assertArrayEquals(key, ShardKeys.recordOfExpiry(indexed));
        assertEquals(12, ShardKeys.dueOf(indexed));
      }
    }
  }

  @Test
  void keysStandInTheOrderOfPartitionKeysAndThenOfSortKeys() {
    RandomGenerator random = Seed.of("LayoutTest").random();
    for (int i = 0; i < 10_000; i++) {
      RecordKey one = randomKey(random);
      RecordKey other = randomKey(random);
      int byPartition = compare(one.partitionKey(), other.partitionKey());
      int expected = byPartition != 0 ? byPartition : compare(one.sortKey(), other.sortKey());
      int found =
          Arrays.compareUnsigned(
              ShardKeys.record(7, one.partitionKey(), one.sortKey()),
              ShardKeys.record(7, other.partitionKey(), other.sortKey()));
      assertEquals(Integer.signum(expected), Integer.signum(found), one + " " + other);
    }
  }

  private static int compare(ByteString one, ByteString other) {
    return ByteString.unsignedLexicographicalComparator().compare(one, other);
  }

  /** Short, of few different bytes, so that most are beginnings of others. */
  private static RecordKey randomKey(RandomGenerator random) {
    return new RecordKey(randomBytes(1, random), randomBytes(0, random));
  }

  private static ByteString randomBytes(int least, RandomGenerator random) {
    byte[] bytes = new byte[least + random.nextInt(4)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (random.nextInt(4) - 2);
    }
    return ByteString.copyFrom(bytes);
  }

  @Test
  void theEndOfAPrefixIsTheNextKeyOutsideIt() {
    assertEquals("0070", hex(ShardKeys.endOf(ShardKeys.OUTCOMES_PREFIX)));
    assertEquals("02", hex(ShardKeys.endOf(new byte[] {1, (byte) 0xFF, (byte) 0xFF})));
    byte[] partition =
        ShardKeys.record(7, ByteString.copyFrom(new byte[] {-1, -1}), ByteString.EMPTY);
    byte[] last =
        ShardKeys.record(
            7,
            ByteString.copyFrom(new byte[] {-1, -1}),
            ByteString.copyFrom(new byte[] {-1, -1, -1}));
    assertTrue(Arrays.compareUnsigned(last, ShardKeys.endOf(partition)) < 0);
  }

  @Test
  void valuesStandAsDescribed() {
    long version = (1L << 48) + 5;
    assertEquals(
        "01" + "00" + "0001000000000005" + "6869",
        hex(RecordRows.encodeCurrent(VersionEntry.put(version, 0, 0, utf8("hi")), false)));
    VersionEntry ending = VersionEntry.put(version, 6, 7, utf8("hi"));
    byte[] row = RecordRows.encodeCurrent(ending, true);
    assertEquals(
        "01" + "07" + "0001000000000005" + "0000000000000006" + "0000000000000007" + "6869",
        hex(row));
    assertEquals(ending, RecordRows.decodeCurrent(row));
    assertTrue(RecordRows.hasPast(row));
    byte[] head = Arrays.copyOf(row, RecordRows.HEAD_BYTES);
    assertTrue(RecordRows.isExpired(head, 6));
    assertFalse(RecordRows.isExpired(head, 5));

    List<VersionEntry> past =
        List.of(
            VersionEntry.deletion(9, 10),
            VersionEntry.put(8, 0, 0, null),
            VersionEntry.put(7, 11, 12, null).expired());
    assertEquals(
        "01"
            + ("0a" + "0000000000000009" + "000000000000000a")
            + ("00" + "0000000000000008")
            + ("0b" + "0000000000000007" + "000000000000000b" + "000000000000000c"),
        hex(RecordRows.encodePast(past)));
    assertEquals(past, RecordRows.decodePast(RecordRows.encodePast(past)));
    assertEquals("01" + "6869", hex(RecordRows.encodeOlderValue(utf8("hi"))));

    ShardNamespace namespace = ShardNamespace.first(LogBuilder.rules(7, 1));
    assertTrue(hex(namespace.encode()).startsWith("01" + "01" + "0807"));
    assertTrue(hex(namespace.notPlain().encode()).startsWith("01" + "00" + "0807"));
    assertEquals(namespace, ShardNamespace.decode(namespace.encode()));
    ShardHeader header = new ShardHeader(2, 3, 4, 5);
    assertEquals(
        "01" + "00000002" + "0000000000000003" + "00000004" + "0000000000000005",
        hex(header.encode()));
    assertEquals(header, ShardHeader.decode(header.encode()));
    StoredOutcome outcome =
        new StoredOutcome(
            WriteOutcome.newBuilder().setKind(OutcomeKind.OUTCOME_APPLIED).addSums(3).build(), 7);
    assertEquals("01" + "0000000000000007" + "0801" + "220106", hex(outcome.encode()));
    assertEquals(outcome, StoredOutcome.decode(outcome.encode()));

    WriterWindow window = new WriterWindow();
    window.admit(LogBuilder.stamp(1, 1, 1, 9));
    window.admit(LogBuilder.stamp(1, 66, 1, 9));
    String encoded = hex(window.encode());
    assertTrue(
        encoded.startsWith(
            "01"
                + "0000000000000042"
                + "0000000000000001"
                + "0000000000000009"
                + "0000000000000002"
                + "0000000000000004"),
        encoded);
    assertArrayEquals(window.encode(), WriterWindow.decode(window.encode()).encode());
  }

  @Test
  void anUnknownLayoutIsNotGuessedAt() {
    byte[] header = ShardHeader.EMPTY.encode();
    header[0] = 2;
    assertThrows(IllegalStateException.class, () -> ShardHeader.decode(header));
    assertThrows(
        IllegalStateException.class,
        () -> RecordRows.decodeCurrent(new byte[] {2, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
    assertThrows(IllegalStateException.class, () -> RecordRows.decodePast(new byte[0]));
    assertThrows(IllegalStateException.class, () -> ShardNamespace.decode(new byte[] {2, 0}));
    assertThrows(IllegalStateException.class, () -> StoredOutcome.decode(new byte[9]));
  }
}
