package io.byssus.process;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a process serves, and if not, what it is waiting for. Told to the gRPC health service and
 * to {@code /healthz}. Once stopping it stays so. Thread-safe.
 */
public final class Readiness {
  /** One of three states, with the reason for people. */
  public record State(boolean serving, boolean stopping, String reason) {}

  private static final Logger log = LoggerFactory.getLogger(Readiness.class);

  private final List<Consumer<State>> listeners = new CopyOnWriteArrayList<>();
  private volatile State state = new State(false, false, "starting");

  /** What it is now. */
  public State state() {
    return state;
  }

  /** Not serving until something is there, such as "a leader of the control plane". */
  public void waitingFor(String what) {
    become(new State(false, false, "waiting for " + what));
  }

  /** Serving. */
  public void ready() {
    become(new State(true, false, "ready"));
  }

  /** Not serving any more, for good. */
  public void stopping() {
    become(new State(false, true, "stopping"));
  }

  /** Calls the listener with the state now and after each change, one call at a time. */
  synchronized void listen(Consumer<State> listener) {
    listeners.add(listener);
    listener.accept(state);
  }

  private synchronized void become(State next) {
    if (state.stopping() || Objects.equals(state, next)) {
      return;
    }
    state = next;
    log.info("readiness serving={} reason=\"{}\"", next.serving(), next.reason());
    listeners.forEach(listener -> listener.accept(next));
  }
}
