package io.byssus.process;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses which name was meant by one that is not known. */
final class Spelling {
  private static final int MOST_EDITS = 3;

  private Spelling() {}

  /** The known name fewest edits away; empty where none is near. */
  static Optional<String> nearest(String word, Collection<String> known) {
    int limit = Math.min(MOST_EDITS, Math.max(1, word.length() / 3));
    return known.stream()
        .filter(name -> edits(word, name) <= limit)
        .min(Comparator.comparingInt(name -> edits(word, name)));
  }

  /** Levenshtein's distance. */
  private static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
