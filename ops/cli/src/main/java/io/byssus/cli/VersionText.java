package io.byssus.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Versions as commands print them: unsigned numbers of 1 and up. */
final class VersionText implements ITypeConverter<Long> {
  @Override
  public Long convert(String text) {
    try {
      long version = Long.parseUnsignedLong(text);
      if (version != 0) {
        return version;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new TypeConversionException(
        "'" + text + "' is no version; versions are 1 to " + Long.toUnsignedString(-1));
  }
}
