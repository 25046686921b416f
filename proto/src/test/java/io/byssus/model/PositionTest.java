package io.byssus.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PositionTest {
  @Test
  void survivesItsNumberForm() {
    Position highest = new Position(Position.MAX_INCARNATION, Position.MAX_OFFSET);
    assertEquals(highest, Position.of(highest.packed()));
    assertEquals(-1L, highest.packed());
    assertEquals(new Position(1, 0), Position.of(1L << 48));
    assertEquals("3/17", new Position(3, 17).toString());
  }

  @Test
  void laterIncarnationsAreLaterThanAnyOffsetBefore() {
    assertTrue(new Position(2, 0).compareTo(new Position(1, Position.MAX_OFFSET)) > 0);
    assertTrue(new Position(40_000, 0).compareTo(new Position(30_000, 5)) > 0);
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> new Position(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Position(65_536, 1));
    assertThrows(IllegalArgumentException.class, () -> new Position(1, -1));
    assertThrows(IllegalArgumentException.class, () -> new Position(1, 1L << 48));
    assertThrows(IllegalArgumentException.class, () -> Position.of(Position.NONE));
  }
}
