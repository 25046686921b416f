package io.byssus.process;

import java.util.List;

/** A configuration file cannot be used; the message lists every problem found, one a line. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<ConfigProblem> problems;

  ConfigException(String file, List<ConfigProblem> problems) {
    super(message(file, problems));
    this.problems = List.copyOf(problems);
  }

  /** All of them, in the order of the file. */
  public List<ConfigProblem> problems() {
    return problems;
  }

  private static String message(String file, List<ConfigProblem> problems) {
    var text = new StringBuilder(file);
    text.append(problems.size() == 1 ? ": 1 problem" : ": " + problems.size() + " problems");
    problems.forEach(problem -> text.append("\n  ").append(problem));
    return text.toString();
  }
}
