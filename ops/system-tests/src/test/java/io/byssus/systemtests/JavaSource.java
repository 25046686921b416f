package io.byssus.systemtests;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A hand-written Java file.
 *
 * @param path from the repository's root, with slashes
 */
record JavaSource(String path, String text) {
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
  private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?([\\w.]+)");
  private static final Pattern TYPE =
      Pattern.compile("\\b(?:class|interface|enum|record|@interface) ([A-Z]\\w*)");
  // In this order: a quote within a comment, or // within a string, must not mislead.
  private static final Pattern PROSE =
      Pattern.compile(
          "(?s)/\\*.*?\\*/|//[^\\n"
              + "]*|\"\"\".*?\"\"\"|\"(?:[^\"\\\\\\n"
              + "]|\\\\.)*\"|'(?:[^'\\\\\\n"
              + "]|\\\\.)'");

  boolean isMain() {
    return path.contains("/src/main/");
  }

  int lines() {
    return (int) text.lines().count();
  }

  /** The text without comments and literals. */
  String code() {
    return PROSE.matcher(text).replaceAll("");
  }

  String packageName() {
    var match = PACKAGE.matcher(text);
    return match.find() ? match.group(1) : "";
  }

  /** The names imported, a {@code *} dropped. */
  List<String> imports() {
    return IMPORT.matcher(code()).results().map(match -> match.group(1)).toList();
  }

  /** The names of all types declared, nested ones included. */
  List<String> types() {
    return TYPE.matcher(code()).results().map(match -> match.group(1)).toList();
  }
}
