package io.byssus.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShardHashTest {
  private static final Path VECTORS = Path.of("vectors", "shard-hash.json");

  @Test
  void agreesWithTheVectorsThatOtherLanguagesRead() throws IOException {
    int upperHalf = 0;
    for (JsonElement element :
        JsonParser.parseString(Files.readString(VECTORS))
            .getAsJsonObject()
            .getAsJsonArray("vectors")) {
      JsonObject vector = element.getAsJsonObject();
      int namespace = (int) vector.get("namespace_id").getAsLong();
      byte[] key = key(vector);
      long hash = Long.parseUnsignedLong(vector.get("hash_hex").getAsString(), 16);
      upperHalf += hash < 0 ? 1 : 0;
      assertEquals(hash, ShardHash.hash(namespace, key), vector.toString());
      for (Map.Entry<String, JsonElement> shard : vector.getAsJsonObject("shards").entrySet()) {
        assertEquals(
            shard.getValue().getAsInt(),
            ShardHash.shard(namespace, key, Integer.parseInt(shard.getKey())),
            vector.toString());
        assertEquals(
            shard.getValue().getAsInt(),
            ShardHash.shard(namespace, ByteString.copyFrom(key), Integer.parseInt(shard.getKey())),
            vector.toString());
      }
    }
    assertTrue(upperHalf > 10, "too few vectors have a hash of 2^63 or more");
  }

  private static byte[] key(JsonObject vector) {
    if (vector.has("partition_key_hex")) {
      return HexFormat.of().parseHex(vector.get("partition_key_hex").getAsString());
    }
    JsonObject repeat = vector.getAsJsonObject("partition_key_repeat");
    byte[] key = new byte[repeat.get("times").getAsInt()];
    Arrays.fill(key, HexFormat.of().parseHex(repeat.get("hex").getAsString())[0]);
    return key;
  }

  @Test
  void scalesAsUnsignedNumbersOfAnySize() {
    Random random = new Random(2);
    for (int i = 0; i < 20_000; i++) {
      long hash = i == 0 ? -1L : random.nextLong();
      int count = 1 + random.nextInt(Limits.MAX_SHARDS);
      int exact =
          new BigInteger(Long.toUnsignedString(hash))
              .multiply(BigInteger.valueOf(count))
              .shiftRight(64)
              .intValueExact();
      assertEquals(exact, ShardHash.scale(hash, count));
    }
  }

  @Test
  void doublingTheCountSplitsEachShardInTwo() {
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      long hash = random.nextLong();
      int count = 1 + random.nextInt(Limits.MAX_SHARDS / 2);
      assertEquals(ShardHash.scale(hash, count), ShardHash.scale(hash, 2 * count) / 2);
    }
  }
}
