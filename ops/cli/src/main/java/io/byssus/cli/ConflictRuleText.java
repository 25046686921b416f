package io.byssus.cli;

import io.byssus.client.admin.ConflictRule;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Conflict rules as people type them. */
final class ConflictRuleText implements ITypeConverter<ConflictRule> {
  @Override
  public ConflictRule convert(String text) {
    return switch (text) {
      case "log-order", "LOG_ORDER" -> ConflictRule.LOG_ORDER;
      case "version", "VERSION" -> ConflictRule.VERSION;
      default ->
          throw new TypeConversionException(
              "'" + text + "' is no conflict rule; there are log-order and version");
    };
  }
}
