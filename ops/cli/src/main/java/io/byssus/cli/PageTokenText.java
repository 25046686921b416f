package io.byssus.cli;

import io.byssus.client.PageToken;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Page tokens on the command line. */
final class PageTokenText implements ITypeConverter<PageToken> {
  @Override
  public PageToken convert(String text) {
    try {
      return PageToken.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("is no page token: " + e.getMessage());
    }
  }
}
