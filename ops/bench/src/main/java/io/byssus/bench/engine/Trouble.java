package io.byssus.bench.engine;

/** What went wrong, in a line for people. */
public final class Trouble {
  private Trouble() {}

  /** The messages of a failure and of all that caused it. */
  public static String of(Throwable failure) {
    StringBuilder text = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      text.append(text.length() == 0 ? "" : ": ")
          .append(message == null ? cause.getClass().getName() : message);
    }
    return text.toString();
  }
}
