package io.byssus.cli;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Bytes as text that a person can read and type. Text stands for itself in UTF-8; beside it there
 * are the escapes {@code \0} (one zero byte, whatever digits follow), {@code \t}, {@code \n},
 * {@code \r}, {@code \\}, {@code \/} and {@code \xHH} (any byte). {@link #show} writes what {@link
 * #parse} reads back.
 */
final class BytesText implements ITypeConverter<ByteString> {
  @Override
  public ByteString convert(String text) {
    try {
      return ByteString.copyFrom(parse(text));
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  /**
   * The bytes that a text stands for.
   *
   * @throws IllegalArgumentException where an escape is none of the above
   */
  static byte[] parse(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + 8);
    int plain = 0;
    for (int i = text.indexOf('\\'); i >= 0; i = text.indexOf('\\', plain)) {
      put(bytes, text.substring(plain, i));
      plain = escape(bytes, text, i);
    }
    put(bytes, text.substring(plain));
    return bytes.toByteArray();
  }

  /** Puts the escape at a place, and tells the place after it. */
  private static int escape(ByteArrayOutputStream bytes, String text, int at) {
    char kind = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
    switch (kind) {
      case '0' -> bytes.write(0);
      case 't' -> bytes.write('\t');
      case 'n' -> bytes.write('\n');
      case 'r' -> bytes.write('\r');
      case '\\', '/' -> bytes.write(kind);
      case 'x' -> {
        int end = Math.min(at + 4, text.length());
        String digits = text.substring(at + 2, end);
        if (digits.length() != 2 || !digits.chars().allMatch(HexFormat::isHexDigit)) {
          throw wrong(text, at, "two hexadecimal digits must follow \\x");
        }
        bytes.write(HexFormat.fromHexDigits(digits));
        return end;
      }
      default -> throw wrong(text, at, "there are \\0 \\t \\n \\r \\\\ \\/ and \\xHH");
    }
    return at + 2;
  }

  private static IllegalArgumentException wrong(String text, int at, String what) {
    return new IllegalArgumentException(
        "unknown escape at character " + (at + 1) + " of '" + text + "': " + what);
  }

  private static void put(ByteArrayOutputStream bytes, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    bytes.write(utf8, 0, utf8.length);
  }

  /** Bytes as such a text: UTF-8 where it can be printed, escapes for the rest. */
  static String show(byte[] raw) {
    ByteString bytes = ByteString.copyFrom(raw);
    StringBuilder text = new StringBuilder(bytes.size() + 8);
    int at = 0;
    while (at < bytes.size()) {
      int length = characterLength(bytes, at);
      String character = length == 0 ? "" : bytes.substring(at, at + length).toStringUtf8();
      if (length == 0 || !isPrintable(character.codePointAt(0))) {
        text.append(escaped(bytes.byteAt(at)));
        at++;
      } else {
        text.append(character.equals("\\") ? "\\\\" : character);
        at += length;
      }
    }
    return text.toString();
  }

  private static String escaped(byte value) {
    return switch (value) {
      case 0 -> "\\0";
      case '\t' -> "\\t";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      default -> "\\x" + HexFormat.of().toHexDigits(value);
    };
  }

  /** How many bytes the character at a place has; 0 where there is no valid UTF-8. */
  private static int characterLength(ByteString bytes, int at) {
    int first = bytes.byteAt(at) & 0xFF;
    int length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (length == 0 || at + length > bytes.size()) {
      return 0;
    }
    return bytes.substring(at, at + length).isValidUtf8() ? length : 0;
  }

  /**
   * Whether a terminal shows a character as itself. Format characters are not printable: they would
   * reorder or hide what stands beside them, except the joiners that scripts and emoji need.
   */
  private static boolean isPrintable(int codePoint) {
    if (codePoint == 0x200C || codePoint == 0x200D) {
      return true;
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
