package io.byssus.process;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Durations as people write them: a whole number and a unit. */
final class DurationText {
  private static final Pattern SHAPE = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

  private static final Map<String, ChronoUnit> UNITS = new LinkedHashMap<>();

  static {
    UNITS.put("d", ChronoUnit.DAYS);
    UNITS.put("h", ChronoUnit.HOURS);
    UNITS.put("m", ChronoUnit.MINUTES);
    UNITS.put("s", ChronoUnit.SECONDS);
    UNITS.put("ms", ChronoUnit.MILLIS);
  }

  private DurationText() {}

  static Optional<Duration> parse(String text) {
    var match = SHAPE.matcher(text);
    return match.matches()
        ? Optional.of(Duration.of(Long.parseLong(match.group(1)), UNITS.get(match.group(2))))
        : Optional.empty();
  }

  /** In the largest unit that divides it; parts of a millisecond are dropped. */
  static String write(Duration duration) {
    long millis = duration.toMillis();
    for (var unit : UNITS.entrySet()) {
      long size = unit.getValue().getDuration().toMillis();
      if (millis != 0 && millis % size == 0) {
        return millis / size + unit.getKey();
      }
    }
    return "0s";
  }
}
