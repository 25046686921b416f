package io.byssus.process;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a process listens or is reached.
 *
 * @param host a name or an address, an IPv6 address without brackets
 * @param port 0 to 65,535; 0 means any free one, to listen on
 */
public record HostPort(String host, int port) {
  static final String SHAPE = "an address such as 127.0.0.1:7400 or db-1.example.org:7400";
  static final HostPort STAND_IN = new HostPort("127.0.0.1", 0);

  private static final Pattern TEXT =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9._-]+)):([0-9]{1,5})");

  public HostPort {
    if (host.isBlank()) {
      throw new IllegalArgumentException("an address needs a host");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("a port is from 0 to 65535, not " + port);
    }
  }

  /** Reads {@code host:port} or {@code [ipv6]:port}; empty where the text has no such shape. */
  public static Optional<HostPort> parse(String text) {
    var match = TEXT.matcher(text);
    if (!match.matches() || Integer.parseInt(match.group(3)) > 65_535) {
      return Optional.empty();
    }
    String host = match.group(1) != null ? match.group(1) : match.group(2);
    return Optional.of(new HostPort(host, Integer.parseInt(match.group(3))));
  }

  /** The same host with another port. */
  public HostPort withPort(int other) {
    return new HostPort(host, other);
  }

  /** The socket address; looks the host up. */
  public InetSocketAddress toSocketAddress() {
    return new InetSocketAddress(host, port);
  }

  /**
   * Whether only this machine can reach it.
   *
   * @throws UnknownHostException if the host has no address
   */
  public boolean isLoopback() throws UnknownHostException {
    return InetAddress.getByName(host).isLoopbackAddress();
  }

  /** Whether it stands for all addresses of the machine, so that nobody else can be told it. */
  public boolean isWildcard() throws UnknownHostException {
    return InetAddress.getByName(host).isAnyLocalAddress();
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
