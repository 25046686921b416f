package io.byssus.client;

import io.byssus.model.ErrorCode;
import io.byssus.model.FieldProblem;
import java.util.List;

/**
 * A field of the request is missing, malformed or past a limit. Nothing was read or written, and
 * repeating the same call will not help. Names every field at fault.
 */
public final class InvalidRequestException extends ByssusClientException {
  private static final long serialVersionUID = 1L;

  private final transient List<FieldProblem> problems;

  InvalidRequestException(String message, List<FieldProblem> problems, Throwable cause) {
    super(ErrorCode.INVALID_REQUEST, message, cause);
    this.problems = List.copyOf(problems);
  }

  /** The fields at fault, each with the limit that it breaks. */
  public List<FieldProblem> problems() {
    return problems;
  }
}
