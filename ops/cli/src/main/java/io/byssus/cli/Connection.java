package io.byssus.cli;

import io.byssus.client.ByssusClient;
import io.byssus.process.HostPort;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** How a command reaches the cluster. */
final class Connection {
  @Option(
      names = "--endpoint",
      paramLabel = "HOST:PORT",
      split = ",",
      converter = EndpointText.class,
      defaultValue = "${env:BYSSUS_ENDPOINT:-127.0.0.1:7400}",
      description =
          "Dispatchers, with commas between them. "
              + "Default: $BYSSUS_ENDPOINT, else 127.0.0.1:7400")
  private List<HostPort> endpoints;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = DurationText.class,
      description = "How long to try, as in 500ms, 5s or 2m. Default: ${DEFAULT-VALUE}")
  private Duration timeout;

  /** A client with these settings. */
  ByssusClient open() {
    return ByssusClient.builder()
        .endpoints(endpoints.stream().map(HostPort::toString).toList())
        .readDeadline(timeout)
        .writeDeadline(timeout)
        .adminDeadline(timeout)
        .userAgent("byssus-cli")
        .build();
  }
}
