package io.byssus.bench.ceilings;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import java.io.IOException;

/**
 * An echo service as a process of its own, on any free loopback port: {@code ready PORT} on
 * standard output when it serves. Handlers run on gRPC's event loop. Ends with its standard input.
 */
public final class EchoServerMain {
  private EchoServerMain() {}

  public static void main(String[] args) throws IOException {
    Server server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .directExecutor()
            .addService(new Echo())
            .build()
            .start();
    System.out.println("ready " + server.getPort());
    while (System.in.read() != -1) {
      // What the parent says does not matter, only that it is there.
    }
    server.shutdownNow();
  }
}
