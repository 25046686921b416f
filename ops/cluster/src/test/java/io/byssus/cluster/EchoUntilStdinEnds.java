package io.byssus.cluster;

import java.io.IOException;

/** A child like the real ones: says that it is there, and ends when its standard input does. */
final class EchoUntilStdinEnds {
  private EchoUntilStdinEnds() {}

  public static void main(String[] args) throws IOException {
    System.out.println("started " + String.join(" ", args) + " " + System.getProperty("hook", "-"));
    while (System.in.read() >= 0) {
      // Only the end matters.
    }
    System.out.println("stdin ended");
  }
}
