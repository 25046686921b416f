package io.byssus.testkit;

/** What became of a write, as far as its caller knows. */
public enum Fate {
  /** The caller still waits. */
  OPEN,
  /** The caller was told that it is written: it must never be lost. */
  ACKNOWLEDGED,
  /** The caller was told nothing certain: it may be written or not, but not twice. */
  INDETERMINATE,
  /** The caller was told that it is not written: it must never be seen. */
  NOT_WRITTEN
}
