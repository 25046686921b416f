package io.byssus.systemtests.simulation;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A process: it lives, stands still, dies and starts again, and has a clock of its own that is a
 * little wrong. What it had scheduled dies with it.
 */
public final class SimulatedProcess {
  private final String name;
  private final Schedule schedule;
  private final long skewMillis;
  private int life;
  private boolean up = true;
  private long standsStillUntilNanos;

  SimulatedProcess(String name, Schedule schedule, long skewMillis) {
    this.name = name;
    this.schedule = schedule;
    this.skewMillis = skewMillis;
  }

  /** Has the process do something after a while, if it lives that long. */
  public Schedule.Event after(long delayNanos, String what, Runnable action) {
    int ownLife = life;
    return schedule.after(delayNanos, what, () -> act(ownLife, what, action));
  }

  private void act(int ownLife, String what, Runnable action) {
    if (!up || life != ownLife) {
      return;
    }
    long wait = standsStillUntilNanos - schedule.nowNanos();
    if (wait > 0) {
      after(wait, what, action);
    } else {
      action.run();
    }
  }

  void crash() {
    up = false;
    life++;
    standsStillUntilNanos = 0;
  }

  void start() {
    up = true;
  }

  void standStill(long nanos) {
    standsStillUntilNanos = schedule.nowNanos() + nanos;
  }

  boolean isUp() {
    return up;
  }

  /** Counts its deaths. */
  int life() {
    return life;
  }

  String name() {
    return name;
  }

  /** The process' own wall clock. */
  public Clock clock() {
    return new SkewedClock();
  }

  /** The process' monotonic clock. */
  public long nanoTime() {
    return schedule.nowNanos();
  }

  long millis() {
    return schedule.nowMillis() + skewMillis;
  }

  Schedule schedule() {
    return schedule;
  }

  @Override
  public String toString() {
    return name;
  }

  private final class SkewedClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(SimulatedProcess.this.millis());
    }

    @Override
    public long millis() {
      return SimulatedProcess.this.millis();
    }
  }
}
