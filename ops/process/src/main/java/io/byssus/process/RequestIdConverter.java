package io.byssus.process;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

/**
 * Tells in a log line, as {@code %requestId}, which request its thread works for; nothing where it
 * works for none. Looks when there is a line to write: calls that log nothing pay nothing.
 */
public final class RequestIdConverter extends ClassicConverter {
  @Override
  public String convert(ILoggingEvent event) {
    return RequestId.current().map(id -> " request_id=" + id).orElse("");
  }
}
