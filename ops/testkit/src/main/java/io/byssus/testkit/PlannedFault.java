package io.byssus.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One fault of a plan that is drawn before the run, so that the seed alone replays it.
 *
 * @param <R> what tells kinds of victims apart
 * @param after how long after the fault before it
 * @param victim the kind of victim
 * @param choice which of the victims of that kind: a number from 0 up, to be taken modulo how many
 *     there are
 * @param outage how long the victim stays away
 */
public record PlannedFault<R>(Duration after, R victim, int choice, Duration outage) {
  /**
   * Draws a plan.
   *
   * @param victims one entry for each fault, in any order: the order is drawn too
   * @param longestWait between two faults; each wait is a tenth of it at the least
   * @param longestOutage of a victim; each outage is a tenth of it at the least
   */
  public static <R> List<PlannedFault<R>> plan(
      List<R> victims, Duration longestWait, Duration longestOutage, RandomGenerator random) {
    List<R> shuffled = new ArrayList<>(victims);
    for (int i = shuffled.size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      R swapped = shuffled.get(i);
      shuffled.set(i, shuffled.get(j));
      shuffled.set(j, swapped);
    }
    List<PlannedFault<R>> plan = new ArrayList<>();
    for (R victim : shuffled) {
      plan.add(
          new PlannedFault<>(
              upTo(longestWait, random),
              victim,
              random.nextInt(Integer.MAX_VALUE),
              upTo(longestOutage, random)));
    }
    return List.copyOf(plan);
  }

  private static Duration upTo(Duration longest, RandomGenerator random) {
    return Duration.ofMillis(random.nextLong(longest.toMillis() / 10, longest.toMillis() + 1));
  }
}
