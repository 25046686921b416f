package io.byssus.process;

import java.net.UnknownHostException;

/**
 * The addresses that every process has.
 *
 * @param listen where gRPC listens
 * @param advertise where others reach it, as told to them
 * @param metrics where {@code /metrics} and {@code /healthz} are served
 */
public record ProcessConfig(HostPort listen, HostPort advertise, HostPort metrics) {

  /**
   * Reads {@code listen}, {@code advertise} (by default the same), {@code metrics-listen} and
   * {@code insecure}. Without TLS a process listens on loopback alone, unless the file says {@code
   * insecure: true}.
   */
  public static ProcessConfig read(Section r, HostPort listenDefault, HostPort metricsDefault) {
    boolean insecure = r.flag("insecure").orElse(false);
    HostPort listen = r.address("listen").orElse(listenDefault);
    HostPort metrics = r.address("metrics-listen").orElse(metricsDefault);
    checkReach(r, "listen", listen, insecure);
    checkReach(r, "metrics-listen", metrics, insecure);
    var advertise = r.address("advertise").check(a -> a.port() != 0, "an address with a port");
    try {
      if (advertise.optional().isEmpty() && listen.isWildcard()) {
        r.problem("advertise", "missing, and nobody can be told to reach " + listen);
      }
    } catch (UnknownHostException e) {
      // Reported for the setting "listen" above.
    }
    return new ProcessConfig(listen, advertise.orElse(listen), metrics);
  }

  private static void checkReach(Section r, String key, HostPort address, boolean insecure) {
    try {
      if (!insecure && !address.isLoopback()) {
        r.problem(
            key,
            address
                + " can be reached from other machines, without encryption or authentication;"
                + " say 'insecure: true' if their network is trusted, or use 127.0.0.1");
      }
    } catch (UnknownHostException e) {
      r.problem(key, "the host of " + address + " is unknown here");
    }
  }
}
