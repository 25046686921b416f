package io.byssus.systemtests.simulation;

import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/** The queue of all that is to happen in a simulation, its clock, and its chance. */
public final class Schedule {
  /** What the clock shows at the beginning, milliseconds since 1970 UTC. */
  public static final long START_MILLIS = 1_700_000_000_000L;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final RandomGenerator random;
  private final Trace trace;
  private final PriorityQueue<Event> queue = new PriorityQueue<>();
  private long nowNanos;
  private long steps;
  private long made;

  /** Something that is to happen. */
  public static final class Event implements Comparable<Event> {
    private final String what;
    private final Runnable action;
    private final int tie;
    private final long number;
    private long atNanos;
    private boolean cancelled;

    private Event(long atNanos, int tie, long number, String what, Runnable action) {
      this.atNanos = atNanos;
      this.tie = tie;
      this.number = number;
      this.what = what;
      this.action = action;
    }

    /** Keeps the event from happening. */
    public void cancel() {
      cancelled = true;
    }

    boolean cancelled() {
      return cancelled;
    }

    long atNanos() {
      return atNanos;
    }

    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      int byTie = byTime != 0 ? byTime : Integer.compare(tie, other.tie);
      return byTie != 0 ? byTie : Long.compare(number, other.number);
    }
  }

  Schedule(RandomGenerator random, Trace trace) {
    this.random = random;
    this.trace = trace;
  }

  /** Has something happen after a while; at one time with others in an order left to chance. */
  public Event after(long delayNanos, String what, Runnable action) {
    Event event =
        new Event(nowNanos + Math.max(0, delayNanos), random.nextInt(), made++, what, action);
    queue.add(event);
    return event;
  }

  /** Lets the next event happen; false where there is none. */
  boolean step() {
    Event next = queue.poll();
    while (next != null && next.cancelled) {
      next = queue.poll();
    }
    if (next == null) {
      return false;
    }
    nowNanos = Math.max(nowNanos, next.atNanos);
    steps++;
    trace.step(nowNanos, next.what);
    next.action.run();
    return true;
  }

  /** Moves the clock while everything stands still: what was to happen happens that much later. */
  void standStill(long nanos) {
    PriorityQueue<Event> moved = new PriorityQueue<>(queue);
    queue.clear();
    moved.forEach(event -> event.atNanos += nanos);
    queue.addAll(moved);
    nowNanos += nanos;
  }

  /** How many events have happened. */
  long steps() {
    return steps;
  }

  /** The true time since the beginning, nanoseconds. */
  public long nowNanos() {
    return nowNanos;
  }

  /** The true time, milliseconds since 1970 UTC. */
  long nowMillis() {
    return START_MILLIS + nowNanos / NANOS_PER_MILLI;
  }

  /** The one source of chance. */
  public RandomGenerator random() {
    return random;
  }

  /** True once in so many times. */
  boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  /** A time between two, nanoseconds, from milliseconds. */
  long between(double leastMillis, double mostMillis) {
    return (long) ((leastMillis + random.nextDouble() * (mostMillis - leastMillis)) * 1e6);
  }
}
