package io.byssus.cli;

import io.byssus.client.Consistency;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Levels of reads as people type them: {@code linearizable}, {@code bounded:500ms}. */
final class ConsistencyText implements ITypeConverter<Consistency> {
  private static final String BOUNDED = "bounded:";

  @Override
  public Consistency convert(String text) {
    if (text.startsWith(BOUNDED)) {
      Duration staleness = new DurationText().convert(text.substring(BOUNDED.length()));
      return Consistency.bounded(staleness);
    }
    return switch (text) {
      case "eventual" -> Consistency.EVENTUAL;
      case "session" -> Consistency.SESSION;
      case "linearizable" -> Consistency.LINEARIZABLE;
      default ->
          throw new TypeConversionException(
              "'"
                  + text
                  + "' is no level; there are eventual, session, linearizable and, as in"
                  + " bounded:500ms, bounded");
    };
  }
}
