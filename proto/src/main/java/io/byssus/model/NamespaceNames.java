package io.byssus.model;

import java.util.Optional;

/** What namespaces may be called. */
public final class NamespaceNames {
  private static final int MOST_CHARACTERS = 62;

  private NamespaceNames() {}

  /** What is wrong with a name; empty where nothing is. */
  public static Optional<String> problem(String name) {
    if (isName(name)) {
      return Optional.empty();
    }
    return Optional.of(
        name.isEmpty()
            ? "is missing"
            : "must be a letter a-z and up to 61 of a-z, 0-9 and -, after an optional _; is '"
                + shown(name)
                + "'");
  }

  /** Of every request: a regular expression would take ten times as long. */
  private static boolean isName(String name) {
    int begin = name.startsWith("_") ? 1 : 0;
    int length = name.length() - begin;
    if (length < 1 || length > MOST_CHARACTERS || !isLetter(name.charAt(begin))) {
      return false;
    }
    for (int i = begin + 1; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!isLetter(c) && !(c >= '0' && c <= '9') && c != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z';
  }

  private static String shown(String name) {
    return name.length() <= 80 ? name : name.substring(0, 80) + "…";
  }
}
