package io.byssus.dispatcher;

import static io.byssus.dispatcher.TestCluster.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.model.Limits;
import io.byssus.model.Position;
import io.byssus.proto.internal.v1.PageToken;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The form of page tokens, and what prefixes mean. */
class PageTokensTest {

  @Test
  void whatIsEncodedIsDecoded() {
    long position = Position.pack(3, 17);
    ByteString longest = ByteString.copyFrom(new byte[Limits.MAX_KEY_BYTES]);
    for (ByteString key : new ByteString[] {ByteString.EMPTY, bytes("münchen"), longest}) {
      PageToken token = PageTokens.decode(PageTokens.encode(-1, key, position)).orElseThrow();
      assertEquals(-1, token.getScanHash());
      assertEquals(key, token.getLastSortKey());
      assertEquals(position, token.getPosition());
    }
  }

  @Test
  void whatIsNoTokenIsNotDecoded() {
    assertTrue(PageTokens.decode(bytes("rubbish")).isEmpty());
    assertTrue(PageTokens.decode(ByteString.EMPTY).isEmpty());
    assertTrue(PageTokens.decode(ByteString.copyFrom(new byte[10_000])).isEmpty());
    ByteString otherVersion =
        PageTokens.decode(PageTokens.encode(1, bytes("k"), Position.pack(1, 1)))
            .orElseThrow()
            .toBuilder()
            .setVersion(2)
            .build()
            .toByteString();
    assertTrue(PageTokens.decode(otherVersion).isEmpty());
  }

  @Test
  void scansThatDifferInAnythingHaveOtherHashes() {
    Set<Long> hashes = new HashSet<>();
    ScanSelection all = new ScanSelection(ByteString.EMPTY, ByteString.EMPTY);
    assertTrue(hashes.add(PageTokens.scanHash(1, bytes("ab"), all)));
    assertTrue(hashes.add(PageTokens.scanHash(2, bytes("ab"), all)));
    assertTrue(hashes.add(PageTokens.scanHash(1, bytes("a"), all)));
    // The same bytes, cut elsewhere.
    assertTrue(
        hashes.add(
            PageTokens.scanHash(1, bytes("a"), new ScanSelection(bytes("b"), ByteString.EMPTY))));
    assertTrue(
        hashes.add(
            PageTokens.scanHash(1, bytes("a"), new ScanSelection(ByteString.EMPTY, bytes("b")))));
    assertNotEquals(0, hashes.iterator().next());
  }

  @Test
  void aPrefixEndsWhereNoKeyCanStartWithItAnyMore() {
    assertEquals(hex(0x61, 0x63), ScanSelection.endOfPrefix(hex(0x61, 0x62)));
    assertEquals(hex(0x62), ScanSelection.endOfPrefix(hex(0x61, 0xFF, 0xFF)));
    assertEquals(hex(0x80), ScanSelection.endOfPrefix(hex(0x7F)));
    assertEquals(ByteString.EMPTY, ScanSelection.endOfPrefix(hex(0xFF, 0xFF)));
    assertEquals(ByteString.EMPTY, ScanSelection.endOfPrefix(ByteString.EMPTY));
  }

  private static ByteString hex(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return ByteString.copyFrom(bytes);
  }
}
