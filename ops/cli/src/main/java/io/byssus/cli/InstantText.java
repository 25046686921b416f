package io.byssus.cli;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Moments as people type them: {@code 2026-11-22T10:00:00Z}, or with another offset. */
final class InstantText implements ITypeConverter<Instant> {
  @Override
  public Instant convert(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new TypeConversionException(
          "'"
              + text
              + "' is no moment; write it as in 2026-11-22T10:00:00Z or 2026-11-22T11:00:00+01:00");
    }
  }
}
