package io.byssus.cli;

import io.byssus.client.Key;
import io.byssus.client.WriteFailure;
import io.byssus.client.WriteResult;

/** How a write that was acknowledged is told: where the log holds it, and what came of it. */
final class WriteAnswer {
  private WriteAnswer() {}

  /** Tells it, and makes an exit code of it. */
  static int print(Streams streams, Output output, Key key, WriteResult result) {
    if (output.json()) {
      Output.print(streams, RecordJson.written(key, result));
    } else if (result.tookEffect()) {
      streams.out().println(told(result));
    }
    return exitCode(streams, output, key, result);
  }

  /** The exit code of a write; one that took no effect is told to people why. */
  static int exitCode(Streams streams, Output output, Key key, WriteResult result) {
    if (result.tookEffect()) {
      return ExitCodes.OK;
    }
    if (!output.json()) {
      streams.out().flush();
      streams.err().println("byssus: " + told(key, result.failure().get()));
    }
    return ExitCodes.CONDITION_FAILED;
  }

  private static String told(WriteResult result) {
    StringBuilder text =
        new StringBuilder("shard " + result.shard() + ", position " + result.position());
    result
        .version()
        .ifPresent(version -> text.append(", version ").append(Long.toUnsignedString(version)));
    if (result.superseded() > 0) {
      text.append("; no effect: the record has a version that wins");
    }
    return text.toString();
  }

  private static String told(Key key, WriteFailure failure) {
    String reason =
        switch (failure.reason()) {
          case CONDITION_NOT_MET -> "the condition does not hold";
          case VERSION_NOT_ABOVE -> "the version is not above the record's";
          case NOT_A_NUMBER -> "the value is not a number";
          case OUT_OF_RANGE -> "the sum is out of range";
          case NOT_ALLOWED -> "the namespace's conflict rule does not allow it";
          case UNKNOWN -> "for a reason that this release does not know";
        };
    return "not written: "
        + reason
        + "; the record "
        + KeyText.show(key)
        + (failure.present() ? " is there" : " is absent")
        + (failure.version().isPresent()
            ? ", version " + Long.toUnsignedString(failure.version().getAsLong())
            : "");
  }
}
