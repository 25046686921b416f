package io.byssus.process;

import io.grpc.Context;
import io.grpc.Metadata;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.slf4j.MDC;

/**
 * The id that one request keeps through every hop and every log line. It travels in the metadata
 * {@code x-request-id}, in the gRPC {@link Context} of the call, and in the logging context.
 *
 * <p>The gRPC context follows work to another thread only where it is carried: {@code
 * Context.current().wrap(task)}.
 */
public final class RequestId {
  /** The metadata that carries it, both ways. */
  public static final Metadata.Key<String> METADATA =
      Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

  /** Its name in the logging context. */
  static final String LOG_NAME = "request_id";

  static final Context.Key<String> CONTEXT = Context.key("byssus-request-id");

  // What a caller gives ends up in our log lines.
  private static final Pattern ACCEPTABLE = Pattern.compile("[A-Za-z0-9._:/-]{1,64}");

  private RequestId() {}

  /** The id of the request that this thread is working for; empty outside of one. */
  public static Optional<String> current() {
    return Optional.ofNullable(CONTEXT.get());
  }

  /** Runs a task under an id, for work that no caller asked for. */
  public static void run(String id, Runnable task) {
    Context.current().withValue(CONTEXT, id).run(() -> runLogged(id, task));
  }

  /** Sixteen hexadecimal digits that no other request has, as near as makes no difference. */
  public static String make() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  /** The caller's id if it gave a decent one, else a new one. */
  static String takeOrMake(Metadata headers) {
    String given = headers.get(METADATA);
    return given != null && ACCEPTABLE.matcher(given).matches() ? given : make();
  }

  /** Runs with the id in the logging context, and puts back what was there before. */
  static void runLogged(String id, Runnable task) {
    String before = MDC.get(LOG_NAME);
    MDC.put(LOG_NAME, id);
    try {
      task.run();
    } finally {
      if (before == null) {
        MDC.remove(LOG_NAME);
      } else {
        MDC.put(LOG_NAME, before);
      }
    }
  }
}
