package io.byssus.cli.text;

/**
 * How many columns of a terminal a text takes: two for East Asian wide characters and emoji, none
 * for marks that join the character before, one for all others.
 */
public final class DisplayWidth {
  private static final int JOINER = 0x200D;
  private static final int EMOJI_PRESENTATION = 0xFE0F;

  /** First and last of each range that is shown wide (Unicode's East Asian Width W and F). */
  private static final int[] WIDE = {
    0x1100, 0x115F, 0x231A, 0x231B, 0x2E80, 0x303E, 0x3041, 0x33FF, 0x3400, 0x4DBF, 0x4E00, 0x9FFF,
    0xA000, 0xA4CF, 0xA960, 0xA97F, 0xAC00, 0xD7A3, 0xF900, 0xFAFF, 0xFE30, 0xFE6F, 0xFF00, 0xFF60,
    0xFFE0, 0xFFE6, 0x1F300, 0x1F64F, 0x1F680, 0x1F6FF, 0x1F900, 0x1FAFF, 0x20000, 0x3FFFD
  };

  private DisplayWidth() {}

  /** The columns of a text that holds no control characters. */
  public static int of(String text) {
    int columns = 0;
    int previous = 0;
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      columns += after(previous, codePoint);
      previous = codePoint;
      i += Character.charCount(codePoint);
    }
    return columns;
  }

  /** The text, or as much of its beginning as fits with a {@code …} behind it. */
  public static String cut(String text, int columns) {
    if (of(text) <= columns) {
      return text;
    }
    int used = 0;
    int previous = 0;
    int i = 0;
    while (i < text.length()) {
      int codePoint = text.codePointAt(i);
      int more = after(previous, codePoint);
      if (used + more > columns - 1) {
        break;
      }
      used += more;
      previous = codePoint;
      i += Character.charCount(codePoint);
    }
    return text.substring(0, i) + '…';
  }

  private static int after(int previous, int codePoint) {
    if (previous == JOINER || isSkinTone(codePoint)) {
      return 0;
    }
    if (codePoint == EMOJI_PRESENTATION) {
      return of(previous) == 1 ? 1 : 0;
    }
    return of(codePoint);
  }

  private static boolean isSkinTone(int codePoint) {
    return codePoint >= 0x1F3FB && codePoint <= 0x1F3FF;
  }

  private static int of(int codePoint) {
    switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> {
        return 0;
      }
      default -> {
        for (int i = 0; i < WIDE.length; i += 2) {
          if (codePoint >= WIDE[i] && codePoint <= WIDE[i + 1]) {
            return 2;
          }
        }
        return 1;
      }
    }
  }
}
