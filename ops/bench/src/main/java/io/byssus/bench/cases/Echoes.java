package io.byssus.bench.cases;

import io.byssus.bench.ceilings.EchoClient;
import io.byssus.bench.engine.Contender;
import io.byssus.bench.stage.ReadyProcess;
import io.byssus.bench.stage.Stage;

/** gRPC between two processes and nothing else, as ceilings. */
final class Echoes {
  private static final int PAYLOAD_BYTES = 100;

  private Echoes() {}

  /** A call a message, over one connection. */
  static Contender unary(Stage stage) {
    byte[] payload = new byte[PAYLOAD_BYTES];
    return new Contender(
        "gRPC unary echo",
        () -> {
          ReadyProcess server = stage.startEcho();
          EchoClient client = new EchoClient(Integer.parseInt(server.told()));
          return new Loads(
              done -> client.call(payload, done),
              1,
              () -> {
                client.close();
                server.close();
              });
        });
  }
}
