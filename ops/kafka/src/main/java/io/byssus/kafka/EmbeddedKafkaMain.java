package io.byssus.kafka;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A broker as a process of its own: {@code --data DIR --port N [--advertise-port N]
 * [--exit-with-stdin]}. Clients are told to use the advertised port where something stands before
 * it.
 *
 * <p>Prints one line {@code ready HOST:PORT} on standard output when clients can connect; the log
 * goes to standard error. SIGTERM stops it in good order. With {@code --exit-with-stdin} it also
 * stops when its standard input ends, which is how it dies with its parent however that died. Exit
 * codes: 0 stopped, 1 failed to start or failed later, 2 wrong arguments.
 */
public final class EmbeddedKafkaMain {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(3);

  private EmbeddedKafkaMain() {}

  public static void main(String[] args) {
    var options = Options.parse(args);
    if (options == null) {
      System.err.println(
          "usage: EmbeddedKafkaMain --data DIR --port N [--advertise-port N] [--exit-with-stdin]");
      System.exit(2);
    }
    // Read by logback when the first logger is made, so before any other class is touched.
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("logback.configurationFile", "io/byssus/kafka/broker-logback.xml");
    }
    run(options);
  }

  private static void run(Options options) {
    if (options.exitWithStdin) {
      startThread("exit-with-stdin", EmbeddedKafkaMain::stopWhenStdinEnds);
    }
    try {
      // Closed by the shutdown hook.
      EmbeddedKafka kafka = EmbeddedKafka.start(options.data, options.port, options.advertisedPort);
      Runtime.getRuntime().addShutdownHook(new Thread(kafka::close, "stop-kafka"));
      System.out.println("ready " + kafka.bootstrapServers());
      // Logged where it happened. In good order is out of reach now.
      kafka.fault().join();
      Runtime.getRuntime().halt(1);
    } catch (IOException e) {
      System.err.println("embedded Kafka: " + reasons(e));
      System.exit(1);
    }
  }

  private static void stopWhenStdinEnds() {
    try {
      while (System.in.read() != -1) {
        // What the parent says does not matter, only that it is there.
      }
    } catch (IOException e) {
      // A broken pipe is the end too.
    }
    startThread("halt-after-limit", EmbeddedKafkaMain::haltAfterLimit);
    System.exit(0);
  }

  private static void haltAfterLimit() {
    try {
      new CountDownLatch(1).await(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // Halting early is no harm: the log is made to be killed.
    }
    Runtime.getRuntime().halt(0);
  }

  private static void startThread(String name, Runnable body) {
    var thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static String reasons(Throwable e) {
    var text = new StringBuilder(String.valueOf(e.getMessage()));
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      text.append(": ").append(cause);
    }
    return text.toString();
  }

  private record Options(Path data, int port, int advertisedPort, boolean exitWithStdin) {
    /** Null if the arguments are wrong. */
    static Options parse(String[] args) {
      Path data = null;
      int port = -1;
      int advertisedPort = 0;
      boolean exitWithStdin = false;
      for (int i = 0; i < args.length; i++) {
        boolean hasValue = i + 1 < args.length;
        if (args[i].equals("--data") && hasValue) {
          data = Path.of(args[++i]);
        } else if (args[i].equals("--port") && hasValue) {
          port = port(args[++i]);
        } else if (args[i].equals("--advertise-port") && hasValue) {
          advertisedPort = port(args[++i]);
        } else if (args[i].equals("--exit-with-stdin")) {
          exitWithStdin = true;
        } else {
          return null;
        }
      }
      return data == null || port < 0 || advertisedPort < 0
          ? null
          : new Options(data, port, advertisedPort, exitWithStdin);
    }

    private static int port(String text) {
      try {
        int port = Integer.parseInt(text);
        return port <= 65_535 ? port : -1;
      } catch (NumberFormatException e) {
        return -1;
      }
    }
  }
}
