package io.byssus.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.Position;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SessionTest {
  private final Session session = new Session();

  private static long position(int incarnation, long offset) {
    return Position.pack(incarnation, offset);
  }

  @Test
  void theHighestPositionCountsAlsoWhereItsTopBitIsSet() {
    session.saw(3, position(0x9000, 1));
    session.saw(3, position(2, 500));
    assertEquals(Optional.of(new Position(0x9000, 1)), session.position(3));
    session.saw(3, position(0x9000, 7));
    session.saw(3, Position.NONE);
    assertEquals(Optional.of(new Position(0x9000, 7)), session.position(3));
    assertEquals(Optional.empty(), session.position(4));
  }

  @Test
  void itComesBackFromItsText() {
    session.saw(0, position(1, 1));
    session.saw(65_535, position(0xFFFF, Position.MAX_OFFSET));
    Session parsed = Session.parse(session.export());
    assertEquals(session.position(0), parsed.position(0));
    assertEquals(session.position(65_535), parsed.position(65_535));
    assertTrue(Session.parse(new Session().export()).isEmpty());
  }

  @Test
  void damagedTextIsRefused() {
    session.saw(5, position(1, 77));
    String text = session.export();
    for (int i = 0; i < text.length(); i++) {
      char other = text.charAt(i) == 'A' ? 'B' : 'A';
      String damaged = text.substring(0, i) + other + text.substring(i + 1);
      // The last character has bits that stand for nothing.
      if (i < text.length() - 1) {
        assertThrows(IllegalArgumentException.class, () -> Session.parse(damaged), damaged);
      }
    }
    assertThrows(IllegalArgumentException.class, () -> Session.parse(""));
    assertThrows(IllegalArgumentException.class, () -> Session.parse(text.substring(4)));
    assertThrows(IllegalArgumentException.class, () -> Session.parse("no session!"));
  }

  @Test
  void aLostPositionIsDroppedOnceAndOnlyIfItIsTheOneThatWasRefused() {
    session.saw(5, position(1, 77));
    session.saw(5, position(2, 3));
    assertFalse(session.lost(5, position(1, 77)));
    assertTrue(session.lost(5, position(2, 3)));
    assertFalse(session.lost(5, position(2, 3)));
  }

  @Test
  void mergingTakesTheHigherOfEachShard() {
    session.saw(1, position(1, 10));
    session.saw(2, position(1, 10));
    Session other = new Session();
    other.saw(1, position(1, 5));
    other.saw(2, position(1, 20));
    other.saw(3, position(1, 1));
    session.merge(other);
    assertEquals(10, session.position(1).orElseThrow().offset());
    assertEquals(20, session.position(2).orElseThrow().offset());
    assertEquals(1, session.position(3).orElseThrow().offset());
  }
}
