package io.byssus.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.HexFormat;
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
    assertEquals("10000000070002444561", hex(ShardKeys.record(7, utf8("DE"), utf8("a"))));
  }

  @Test
  void aRecordsKeyGivesBackItsParts() {
    ByteString longest = ByteString.copyFrom(new byte[4_090]);
    byte[] key = ShardKeys.record(-1, longest, utf8("北京"));
    assertEquals(-1, ShardKeys.namespaceOf(key));
    assertEquals(longest, ShardKeys.partitionKeyOf(key));
    assertEquals(utf8("北京"), ShardKeys.sortKeyOf(key));
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
    assertEquals(
        "01" + "0001000000000005" + "6869", hex(StoredRecord.encode((1L << 48) + 5, utf8("hi"))));
    ShardHeader header = new ShardHeader(2, 3, 4, 5);
    assertEquals(
        "01" + "00000002" + "0000000000000003" + "00000004" + "0000000000000005",
        hex(header.encode()));
    assertEquals(header, ShardHeader.decode(header.encode()));
    StoredOutcome outcome = new StoredOutcome(6, 7);
    assertEquals("01" + "0000000000000006" + "0000000000000007", hex(outcome.encode()));
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
        () -> StoredRecord.decode(new byte[] {2, 0, 0, 0, 0, 0, 0, 0, 0}));
    assertThrows(IllegalStateException.class, () -> StoredRecord.decode(new byte[] {1}));
  }
}
