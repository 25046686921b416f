package io.byssus.testkit;

/** What every sighting of a write's value is checked for at once, wherever it was seen. */
final class Sightings {
  private Sightings() {}

  /** Holds a sighting against what is known of the write. */
  static void check(JournaledWrite<?> write, long version, String where, Violations violations) {
    if (!write.seenAs(version)) {
      violations.found(
          Violation.APPLIED_TWICE,
          where
              + " found "
              + write
              + " with version "
              + Long.toHexString(version)
              + ", known with "
              + Long.toHexString(write.version()));
    }
  }
}
