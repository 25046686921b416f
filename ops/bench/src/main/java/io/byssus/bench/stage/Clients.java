package io.byssus.bench.stage;

import io.byssus.client.ByssusClient;
import java.util.List;

/** Clients that measure. */
final class Clients {
  private Clients() {}

  /** What hangs on futures never blocks here, and so runs where the answer arrives. */
  static ByssusClient of(List<String> endpoints, boolean direct) {
    return ByssusClient.builder()
        .endpoints(endpoints)
        .directReads(direct)
        .callbackExecutor(Runnable::run)
        .userAgent("byssus-bench")
        .build();
  }
}
