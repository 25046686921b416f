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

  /** The caller's id if it gave one that may be in log lines, else a new one. */
  static String takeOrMake(Metadata headers) {
    String given = headers.get(CallHeaders.REQUEST_ID);
    return given != null && CallHeaders.isRequestId(given) ? given : make();
  }
}
