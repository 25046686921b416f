package io.byssus.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.client.Key;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderedCheckTest {
  private static final List<Row> EXPECTED = List.of(row("a", "1"), row("b", "2"), row("ß", "3"));

  @Test
  void theSameRowsInTheSameOrderPass() {
    Differences none = OrderedCheck.compare(EXPECTED, EXPECTED);
    assertEquals(0, none.count());
    none.mustBeNone("they are equal");
    assertEquals(0, OrderedCheck.compare(List.of(), List.of()).count());
  }

  @Test
  void aMissingRowIsFoundWhereverItStands() {
    assertFound("P/a is missing", row("b", "2"), row("ß", "3"));
    assertFound("P/b is missing", row("a", "1"), row("ß", "3"));
    assertFound("P/ß is missing", row("a", "1"), row("b", "2"));
    assertEquals(3, OrderedCheck.compare(EXPECTED, List.of()).count());
  }

  @Test
  void aRowTooManyIsFoundWhereverItStands() {
    assertFound(
        "P/0 should not be there", row("0", "x"), row("a", "1"), row("b", "2"), row("ß", "3"));
    assertFound(
        "P/aa should not be there", row("a", "1"), row("aa", "x"), row("b", "2"), row("ß", "3"));
    assertFound(
        "P/z should not be there", row("a", "1"), row("b", "2"), row("z", "x"), row("ß", "3"));
    assertFound(
        "P/東 should not be there", row("a", "1"), row("b", "2"), row("ß", "3"), row("東", "x"));
  }

  @Test
  void anotherValueIsFound() {
    assertFound("P/b is 9, not 2", row("a", "1"), row("b", "9"), row("ß", "3"));
  }

  @Test
  void aRowTwiceAndRowsOutOfOrderAreFound() {
    assertFound("P/a comes after P/a", row("a", "1"), row("a", "1"), row("b", "2"), row("ß", "3"));
    Differences swapped =
        OrderedCheck.compare(EXPECTED, List.of(row("b", "2"), row("a", "1"), row("ß", "3")));
    assertEquals(List.of("P/a is missing", "P/a comes after P/b"), swapped.first());
  }

  @Test
  void theOrderIsThatOfBytesWithoutSign() {
    assertTrue(row("z", "").key().compareTo(row("ß", "").key()) < 0);
  }

  @Test
  void aDifferenceEndsTheDemoWithTheClaimAndTheFirstDifferences() {
    Differences differences = OrderedCheck.compare(EXPECTED, List.of(row("a", "1")));
    CheckFailed failure =
        assertThrows(CheckFailed.class, () -> differences.mustBeNone("all is well"));
    assertEquals(
        "not so: all is well; 2 differences, first: P/b is missing; P/ß is missing",
        failure.getMessage());
  }

  @Test
  void manyDifferencesAreCountedAndAFewShown() {
    Differences differences = new Differences();
    for (int i = 0; i < 100; i++) {
      differences.add("difference " + i);
    }
    Differences all = new Differences();
    all.addAll(differences);
    all.addAll(differences);
    assertEquals(200, all.count());
    assertEquals(5, all.first().size());
  }

  private static void assertFound(String difference, Row... read) {
    assertEquals(List.of(difference), OrderedCheck.compare(EXPECTED, List.of(read)).first());
  }

  private static Row row(String sortKey, String value) {
    return new Row(Key.of("P", sortKey), value.getBytes(StandardCharsets.UTF_8));
  }
}
