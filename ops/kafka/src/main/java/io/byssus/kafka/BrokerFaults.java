package io.byssus.kafka;

import java.util.concurrent.CompletableFuture;
import kafka.server.FaultHandlerFactory;
import org.apache.kafka.server.fault.FaultHandler;
import org.apache.kafka.server.fault.FaultHandlerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers the first fatal fault and logs each one, where Kafka would halt the JVM. */
final class BrokerFaults implements FaultHandlerFactory {
  private static final Logger log = LoggerFactory.getLogger(BrokerFaults.class);

  private final CompletableFuture<Throwable> first = new CompletableFuture<>();

  CompletableFuture<Throwable> first() {
    return first.copy();
  }

  @Override
  public FaultHandler build(String part, boolean fatal, Runnable action) {
    return (message, cause) -> {
      var fault = new FaultHandlerException(part + ": " + message, cause);
      if (fatal) {
        log.error("embedded Kafka fault part={}", part, fault);
        first.complete(fault);
      } else {
        log.warn("embedded Kafka fault part={}", part, fault);
      }
      action.run();
      return fault;
    };
  }
}
