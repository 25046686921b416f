package io.byssus.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {
  @Test
  void columnsAreAsWideAsTheirWidestCellAndNumbersStandToTheRight() {
    assertEquals(
        List.of(
            "NAME    >=1  COUNT  NOTE", //
            "a                1  x",
            "longer        1000"),
        new Table("NAME", ">>=1", ">COUNT", "NOTE")
            .row("a", "", 1, "x")
            .row("longer", "", 1000, "")
            .lines());
  }

  @Test
  void wideCharactersTakeTwoColumns() {
    assertEquals(
        List.of(
            "CITY   ID", //
            "東京    1",
            "Kyōto  22",
            "🦪      3"),
        new Table("CITY", ">ID").row("東京", 1).row("Kyōto", 22).row("🦪", 3).lines());
  }

  @Test
  void aRowMustHaveACellForEveryColumn() {
    assertThrows(IllegalArgumentException.class, () -> new Table("A", "B").row("a"));
  }

  @ParameterizedTest
  @CsvSource({
    "abc, 3",
    "é, 1",
    "e\u0301, 1",
    "東京, 4",
    "ｶﾅ, 2",
    "한글, 4",
    "Бережани, 8",
    "قرية, 4",
    "🦪, 2",
    "👩‍🚀, 2",
    "👍🏽, 2",
    "❤️, 2"
  })
  void widthCountsColumnsAndNotCharacters(String text, int columns) {
    assertEquals(columns, DisplayWidth.of(text));
  }

  @ParameterizedTest
  @CsvSource({"abcdef, 6, abcdef", "abcdef, 5, abcd…", "東京都, 5, 東京…", "東京都, 4, 東…"})
  void whatDoesNotFitIsCut(String text, int columns, String cut) {
    assertEquals(cut, DisplayWidth.cut(text, columns));
  }
}
