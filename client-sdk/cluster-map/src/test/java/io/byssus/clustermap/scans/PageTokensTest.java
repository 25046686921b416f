package io.byssus.clustermap.scans;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.model.Limits;
import io.byssus.model.Position;
import io.byssus.proto.internal.v1.PageToken;
import io.byssus.proto.kv.v1.Key;
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
      PageToken token = PageTokens.decode(PageTokens.afterSortKey(-1, key, position)).orElseThrow();
      assertEquals(-1, token.getScanHash());
      assertEquals(key, token.getLastSortKey());
      assertEquals(position, token.getPosition());
    }
  }

  @Test
  void tokensHoldTheKeyOrVersionToGoOnAfter() {
    long position = Position.pack(3, 17);
    Key last = key("münchen", "west");
    PageToken ofKey = PageTokens.decode(PageTokens.afterKey(5, last, position)).orElseThrow();
    assertEquals(last.getPartitionKey(), ofKey.getLastPartitionKey());
    assertEquals(last.getSortKey(), ofKey.getLastSortKey());
    assertEquals(position, ofKey.getPosition());
    PageToken ofVersion = PageTokens.decode(PageTokens.afterVersion(5, -9, position)).orElseThrow();
    assertEquals(-9, ofVersion.getLastVersion());
    assertEquals(5, ofVersion.getScanHash());
  }

  @Test
  void aDamagedTokenIsNotDecoded() {
    byte[] whole =
        PageTokens.afterKey(5, key("münchen", "west"), Position.pack(3, 17)).toByteArray();
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 1;
      assertTrue(PageTokens.decode(ByteString.copyFrom(damaged)).isEmpty(), "byte " + i);
    }
  }

  @Test
  void whatIsNoTokenIsNotDecoded() {
    assertTrue(PageTokens.decode(bytes("rubbish")).isEmpty());
    assertTrue(PageTokens.decode(ByteString.EMPTY).isEmpty());
    assertTrue(PageTokens.decode(ByteString.copyFrom(new byte[10_000])).isEmpty());
    ByteString otherVersion =
        PageTokens.decode(PageTokens.afterSortKey(1, bytes("k"), Position.pack(1, 1)))
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
    ScanSelection all = new ScanSelection(ByteString.EMPTY, ByteString.EMPTY, false);
    assertTrue(hashes.add(PageTokens.scanHash(1, bytes("ab"), all)));
    assertTrue(hashes.add(PageTokens.scanHash(2, bytes("ab"), all)));
    assertTrue(hashes.add(PageTokens.scanHash(1, bytes("a"), all)));
    // The same bytes, cut elsewhere.
    assertTrue(
        hashes.add(
            PageTokens.scanHash(
                1, bytes("a"), new ScanSelection(bytes("b"), ByteString.EMPTY, false))));
    assertTrue(
        hashes.add(
            PageTokens.scanHash(
                1, bytes("a"), new ScanSelection(ByteString.EMPTY, bytes("b"), false))));
    assertTrue(
        hashes.add(
            PageTokens.scanHash(
                1, bytes("ab"), new ScanSelection(ByteString.EMPTY, ByteString.EMPTY, true))));
    for (int shard = 0; shard < 4; shard++) {
      assertTrue(hashes.add(PageTokens.shardHash(1, shard)));
      assertTrue(hashes.add(PageTokens.shardHash(2, shard)));
    }
    Key key = key("ab", "");
    assertTrue(hashes.add(PageTokens.versionsHash(1, key, 0, 0, false)));
    assertTrue(hashes.add(PageTokens.versionsHash(2, key, 0, 0, false)));
    assertTrue(hashes.add(PageTokens.versionsHash(1, key, 0, 0, true)));
    assertTrue(hashes.add(PageTokens.versionsHash(1, key, 7, 0, false)));
    assertTrue(hashes.add(PageTokens.versionsHash(1, key, 0, 7, false)));
    assertTrue(hashes.add(PageTokens.versionsHash(1, key("a", "b"), 0, 0, false)));
    assertFalse(hashes.contains(0L));
  }

  @Test
  void aPrefixEndsWhereNoKeyCanStartWithItAnyMore() {
    assertEquals(hex(0x61, 0x63), ScanSelection.endOfPrefix(hex(0x61, 0x62)));
    assertEquals(hex(0x62), ScanSelection.endOfPrefix(hex(0x61, 0xFF, 0xFF)));
    assertEquals(hex(0x80), ScanSelection.endOfPrefix(hex(0x7F)));
    assertEquals(ByteString.EMPTY, ScanSelection.endOfPrefix(hex(0xFF, 0xFF)));
    assertEquals(ByteString.EMPTY, ScanSelection.endOfPrefix(ByteString.EMPTY));
  }

  private static Key key(String partitionKey, String sortKey) {
    return Key.newBuilder().setPartitionKey(bytes(partitionKey)).setSortKey(bytes(sortKey)).build();
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static ByteString hex(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return ByteString.copyFrom(bytes);
  }
}
