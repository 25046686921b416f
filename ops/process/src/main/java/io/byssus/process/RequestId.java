package io.byssus.process;

import io.byssus.model.CallHeaders;
import io.grpc.Context;
import io.grpc.Metadata;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * The id that one request keeps through every hop and every log line. It travels in the metadata
 * {@code x-request-id} and in the gRPC {@link Context} of the call, where log lines find it.
 *
 * <p>The gRPC context follows work to another thread only where it is carried: {@code
 * Context.current().wrap(task)}.
 */
public final class RequestId {
  static final Context.Key<String> CONTEXT = Context.key("byssus-request-id");

  private static final int MOST_CHARACTERS = 64;

  private RequestId() {}

  /** The id of the request that this thread is working for; empty outside of one. */
  public static Optional<String> current() {
    return Optional.ofNullable(CONTEXT.get());
  }

  /** Runs a task under an id, for work that no caller asked for. */
  public static void run(String id, Runnable task) {
    Context.current().withValue(CONTEXT, id).run(task);
  }

  /** The same for a task that tells something; an empty id is none. */
  public static <T> T call(String id, Supplier<T> task) {
    if (id.isEmpty()) {
      return task.get();
    }
    Context context = Context.current().withValue(CONTEXT, id);
    Context before = context.attach();
    try {
      return task.get();
    } finally {
      context.detach(before);
    }
  }

  /** Sixteen hexadecimal digits that no other request has, as near as makes no difference. */
  public static String make() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  /** The caller's id if it gave a decent one, else a new one. */
  static String takeOrMake(Metadata headers) {
    String given = headers.get(CallHeaders.REQUEST_ID);
    return given != null && isDecent(given) ? given : make();
  }

  /** What a caller gives ends up in our log lines. */
  private static boolean isDecent(String given) {
    for (int i = 0; i < given.length(); i++) {
      char c = given.charAt(i);
      boolean word = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      if (!word && "._:/-".indexOf(c) < 0) {
        return false;
      }
    }
    return !given.isEmpty() && given.length() <= MOST_CHARACTERS;
  }
}
