package io.byssus.cluster;

import java.io.IOException;
import java.util.SplittableRandom;

/**
 * A process that reserves the first port of a seed, tells it, and keeps it until its input ends.
 */
final class PortHolder {
  private PortHolder() {}

  public static void main(String[] args) throws IOException {
    try (FreePorts ports = new FreePorts(new SplittableRandom(Long.parseLong(args[0])))) {
      System.out.println(ports.next());
      System.in.read();
    }
  }
}
