package io.byssus.cli;

import io.byssus.process.HostPort;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Addresses as people type them. */
final class EndpointText implements ITypeConverter<HostPort> {
  @Override
  public HostPort convert(String text) {
    return HostPort.parse(text)
        .filter(address -> address.port() > 0)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'" + text + "' is no address; write it as in 127.0.0.1:7400"));
  }
}
