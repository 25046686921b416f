package io.byssus.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.byssus.client.ByssusClientException;
import io.byssus.client.IndeterminateException;
import io.byssus.cluster.ClusterFailure;
import io.byssus.model.ByssusException;
import io.byssus.process.ConfigException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Tells what went wrong, on standard error: a sentence for people, or with {@code --json} the
 * object {@code {"error": {"code": …, "message": …}}}; and makes an exit code of it. A fault of the
 * command itself is shown with its stack.
 */
final class Failures implements IExecutionExceptionHandler {
  private final Streams streams;

  Failures(Streams streams) {
    this.streams = streams;
  }

  /** A failure as programs read it. */
  static ObjectNode json(String code, String message) {
    ObjectNode error = JsonNodeFactory.instance.objectNode();
    error.put("code", code);
    error.put("message", message);
    return error;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult arguments) {
    if (failure instanceof ByssusClientException refused) {
      tell(arguments, refused.code().name(), refused.getMessage());
      return refused instanceof IndeterminateException
          ? ExitCodes.INDETERMINATE
          : ExitCodes.of(refused.code());
    }
    if (failure instanceof ByssusException refused) {
      tell(arguments, refused.code().name(), refused.getMessage());
      return ExitCodes.of(refused.code());
    }
    if (failure instanceof ConfigException) {
      tell(arguments, "USAGE", failure.getMessage());
      return ExitCodes.USAGE;
    }
    if (failure instanceof NoSuchFileException missing) {
      tell(arguments, "USAGE", "there is no file " + missing.getFile());
      return ExitCodes.USAGE;
    }
    if (failure instanceof ClusterFailure || failure instanceof IOException) {
      tell(arguments, "FAILED", failure.getMessage());
      return ExitCodes.FAILED;
    }
    failure.printStackTrace(streams.err());
    return ExitCodes.FAILED;
  }

  private void tell(ParseResult arguments, String code, String message) {
    streams.out().flush();
    ParseResult command = arguments;
    while (command.hasSubcommand()) {
      command = command.subcommand();
    }
    if (command.hasMatchedOption("--json")) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      object.set("error", json(code, message));
      streams.err().println(object);
    } else {
      streams.err().println("byssus: " + message);
    }
  }
}
