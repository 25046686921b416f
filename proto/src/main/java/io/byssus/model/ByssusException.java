package io.byssus.model;

import java.util.List;
import java.util.Map;

/**
 * The one kind of failure that crosses the borders of Byssus' processes: a code, a sentence for
 * people, and details.
 */
public final class ByssusException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final transient List<FieldProblem> problems;
  private final transient Map<String, String> metadata;

  /** A failure with a sentence for people. */
  public ByssusException(ErrorCode code, String message) {
    this(code, message, List.of(), Map.of(), null);
  }

  /** A failure with its cause; the cause stays in this process. */
  public ByssusException(ErrorCode code, String message, Throwable cause) {
    this(code, message, List.of(), Map.of(), cause);
  }

  /**
   * A failure with everything that can go with it.
   *
   * @param problems the fields at fault, with {@link ErrorCode#INVALID_REQUEST}
   * @param metadata what a program may want to know, such as {@code leader}
   */
  public ByssusException(
      ErrorCode code,
      String message,
      List<FieldProblem> problems,
      Map<String, String> metadata,
      Throwable cause) {
    super(message, cause);
    this.code = code;
    this.problems = List.copyOf(problems);
    this.metadata = Map.copyOf(metadata);
  }

  /** An {@link ErrorCode#INVALID_REQUEST} about one field. */
  public static ByssusException invalid(String field, String problem) {
    return invalid(List.of(new FieldProblem(field, problem)));
  }

  /** An {@link ErrorCode#INVALID_REQUEST} about several fields. */
  public static ByssusException invalid(List<FieldProblem> problems) {
    StringBuilder message = new StringBuilder();
    for (FieldProblem problem : problems) {
      message.append(message.isEmpty() ? "" : "; ");
      message.append(problem.field()).append(' ').append(problem.problem());
    }
    return new ByssusException(
        ErrorCode.INVALID_REQUEST, message.toString(), problems, Map.of(), null);
  }

  /** What went wrong. */
  public ErrorCode code() {
    return code;
  }

  /** The fields at fault; empty unless the code is {@link ErrorCode#INVALID_REQUEST}. */
  public List<FieldProblem> problems() {
    return problems;
  }

  /** What a program may want to know beside the code. */
  public Map<String, String> metadata() {
    return metadata;
  }
}
