package io.byssus.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTextTest {
  @ParameterizedTest
  @CsvSource({
    "plain, 706c61696e",
    "a\\0b, 610062",
    "a\\00123, 6100303132 33",
    "\\x00\\xFF\\xfe, 00fffe",
    "\\t\\n\\r\\\\\\/, 090a0d5c2f",
    "東京, e69db1e4baac",
    "🦪, f09fa6aa"
  })
  void textStandsForItselfAndEscapesForBytes(String text, String hex) {
    assertArrayEquals(HexFormat.of().parseHex(hex.replace(" ", "")), BytesText.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\", "a\\", "\\q", "\\x", "\\x1", "\\xg0", "\\8", "\\X41"})
  void anUnknownEscapeIsRefusedWithTheKnownOnes(String text) {
    IllegalArgumentException failure =
        assertThrows(IllegalArgumentException.class, () -> BytesText.parse(text));
    assertTrue(failure.getMessage().contains("\\x"), failure.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "706c61696e, plain",
    "610062, a\\0b",
    "5c, \\\\",
    "c3, \\xc3",
    "e69db1ff, 東\\xff",
    "c080, \\xc0\\x80",
    "eda080, \\xed\\xa0\\x80",
    "1b5b, \\x1b[",
    "e280ae, \\xe2\\x80\\xae",
    "c285, \\xc2\\x85",
    "e280a8, \\xe2\\x80\\xa8"
  })
  void whatATerminalWouldNotShowAsItselfIsEscaped(String hex, String text) {
    assertEquals(text, BytesText.show(HexFormat.of().parseHex(hex)));
  }

  @Test
  void whatIsShownCanBeTypedAgain() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(12)];
      random.nextBytes(bytes);
      assertArrayEquals(bytes, BytesText.parse(BytesText.show(bytes)));
      String text =
          random.ints(5, 1, 0xD7FF).mapToObj(Character::toString).reduce("", String::concat);
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      assertArrayEquals(utf8, BytesText.parse(BytesText.show(utf8)));
    }
  }
}
