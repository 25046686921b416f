package io.byssus.process;

/**
 * One thing wrong in a configuration file.
 *
 * @param line where, counted from 1; 0 where there is no line, as for a missing setting
 * @param text what, for people
 */
public record ConfigProblem(int line, String text) {
  @Override
  public String toString() {
    return line == 0 ? text : "line " + line + ": " + text;
  }
}
