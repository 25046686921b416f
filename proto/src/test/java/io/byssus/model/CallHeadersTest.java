package io.byssus.model;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallHeadersTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "Z-9", "trace:1/2_3.4", "0123456789abcdef"})
  void takesGoodIds(String id) {
    assertTrue(CallHeaders.isRequestId(id));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "ä", "a\n", "a=b"})
  void refusesOthers(String id) {
    assertFalse(CallHeaders.isRequestId(id));
  }

  @Test
  void theLimitIs64Characters() {
    assertTrue(CallHeaders.isRequestId("a".repeat(64)));
    assertFalse(CallHeaders.isRequestId("a".repeat(65)));
  }
}
