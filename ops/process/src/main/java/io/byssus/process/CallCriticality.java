package io.byssus.process;

import io.byssus.model.CallHeaders;
import io.byssus.proto.kv.v1.Criticality;
import io.grpc.Context;
import io.grpc.Metadata;
import java.util.Locale;

/**
 * How critical the call at hand is: which calls a process refuses first when it has as many as it
 * can bear. Sent along with calls as metadata, so that it can be known before a call's message is
 * read; without it a call is {@link Criticality#DEFAULT}.
 */
public final class CallCriticality {
  private static final Context.Key<Criticality> CONTEXT =
      Context.keyWithDefault("byssus-criticality", Criticality.DEFAULT);

  private static final int SHEDDABLE_PERCENT = 80;
  private static final int DEFAULT_PERCENT = 95;

  private CallCriticality() {}

  /** How critical the call at hand is; never unspecified. */
  public static Criticality current() {
    return CONTEXT.get();
  }

  /** The current context, for a call that says how critical it is; unspecified: as it is. */
  public static Context in(Criticality said) {
    return switch (said) {
      case SHEDDABLE, DEFAULT, CRITICAL -> Context.current().withValue(CONTEXT, said);
      default -> Context.current();
    };
  }

  /**
   * How many of as many as there may be at once there may be, the new one included, for one of this
   * criticality to be let in: 80 % of the bound for a sheddable one, 95 % for any other, all of it
   * for a critical one; rounded up.
   */
  public static int share(Criticality criticality, int bound) {
    return switch (criticality) {
      case SHEDDABLE -> percent(bound, SHEDDABLE_PERCENT);
      case CRITICAL -> bound;
      default -> percent(bound, DEFAULT_PERCENT);
    };
  }

  private static int percent(int bound, int share) {
    return (int) ((bound * (long) share + 99) / 100);
  }

  /** What a call's metadata say. */
  static Criticality of(Metadata headers) {
    String said = headers.get(CallHeaders.CRITICALITY);
    if (said == null) {
      return Criticality.DEFAULT;
    }
    return switch (said.toLowerCase(Locale.ROOT)) {
      case "sheddable" -> Criticality.SHEDDABLE;
      case "critical" -> Criticality.CRITICAL;
      default -> Criticality.DEFAULT;
    };
  }

  /** The form in metadata. */
  static String text(Criticality criticality) {
    return criticality.name().toLowerCase(Locale.ROOT);
  }
}
