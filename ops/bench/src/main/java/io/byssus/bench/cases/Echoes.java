package io.byssus.bench.cases;

import io.byssus.bench.ceilings.EchoClient;
import io.byssus.bench.ceilings.EchoClient.EchoStream;
import io.byssus.bench.engine.Contender;
import io.byssus.bench.engine.Running;
import io.byssus.bench.load.Operation;
import io.byssus.bench.stage.Stage;
import java.util.function.Function;

/** gRPC between two processes and nothing else, as ceilings. */
final class Echoes {
  private static final byte[] PAYLOAD = new byte[100];

  /** As many as a streamed writer has open at most, unless it is told otherwise. */
  private static final int STREAM_IN_FLIGHT = 8_192;

  private Echoes() {}

  /** A call a message, over one connection. */
  static Contender unary(Stage stage) {
    return new Contender("gRPC unary echo", () -> echo(stage, Loads.IN_FLIGHT, Echoes::call))
        .with(References.UNARY_ECHO);
  }

  /** A call a message. */
  static Operation call(EchoClient client) {
    return done -> client.call(PAYLOAD, done);
  }

  /** One call for all messages. */
  static Contender stream(Stage stage) {
    return new Contender(
            "gRPC streaming echo",
            () ->
                echo(
                    stage,
                    STREAM_IN_FLIGHT,
                    client -> {
                      EchoStream stream = client.stream();
                      return done -> stream.send(PAYLOAD, done);
                    }))
        .with(References.STREAMING_ECHO);
  }

  private static Running echo(Stage stage, int inFlight, Function<EchoClient, Operation> operation)
      throws Exception {
    return new Loads(operation.apply(stage.echo()), 1, inFlight, () -> {});
  }
}
