package io.byssus.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamespaceNamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "places", "_system", "a-b-9", "_a"})
  void takesGoodNames(String name) {
    assertEquals(Optional.empty(), NamespaceNames.problem(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "_", "9a", "A", "a_b", "a.b", "-a", "__a", "ä", "a\n"})
  void refusesOthers(String name) {
    assertTrue(NamespaceNames.problem(name).isPresent());
  }

  @Test
  void theLimitIs62CharactersBehindTheUnderscore() {
    String longest = "_" + "a".repeat(62);
    assertEquals(Optional.empty(), NamespaceNames.problem(longest));
    assertTrue(NamespaceNames.problem(longest + "a").isPresent());
  }
}
