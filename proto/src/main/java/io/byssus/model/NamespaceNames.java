package io.byssus.model;

import java.util.Optional;
import java.util.regex.Pattern;

/** What namespaces may be called. */
public final class NamespaceNames {
  private static final Pattern NAME = Pattern.compile("_?[a-z][a-z0-9-]{0,61}");

  private NamespaceNames() {}

  /** What is wrong with a name; empty where nothing is. */
  public static Optional<String> problem(String name) {
    if (NAME.matcher(name).matches()) {
      return Optional.empty();
    }
    return Optional.of(
        name.isEmpty()
            ? "is missing"
            : "must be a letter a-z and up to 61 of a-z, 0-9 and -, after an optional _; is '"
                + shown(name)
                + "'");
  }

  private static String shown(String name) {
    return name.length() <= 80 ? name : name.substring(0, 80) + "…";
  }
}
