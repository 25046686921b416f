package io.byssus.testkit.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides whether the operations on one key can be brought into one order in which each takes
 * effect between its call and its answer, and a register would have given every answer:
 * linearizability.
 *
 * <p>It walks through calls and answers in the order of time and keeps every state in which the
 * register can be: its value, and which of the operations under way have taken effect. Only when an
 * operation is answered must it have, so only then orders are tried, and only those that end with
 * it (just-in-time linearization, after Lowe). What only looks takes effect as soon as the state is
 * the one it saw: that excludes nothing later. Where nothing is under way the states are only
 * values, so histories cut themselves at quiet moments.
 *
 * <p>A write of unknown outcome stays under way until its time is over, and takes effect only where
 * something waits for what it leaves. Removals of unknown outcome are all alike once they are
 * called: states count how many they have used up, and of two states that differ in nothing else
 * the one that used fewer can do all that the other can. Puts of unknown outcome whose values
 * nobody was told of are all alike too. They matter only to conditions that failed because of a
 * value that was not told; from the first on any number is supposed, which at worst excuses such a
 * condition.
 */
final class RegisterSearch {
  /** How many operations may be under way on one key, those of unknown outcome included. */
  static final int MOST_UNDER_WAY = Long.SIZE;

  /** How many states are looked at for one answer. */
  static final int MOST_STATES = 1 << 18;

  /** Stands for all values that were put with unknown outcome and that nobody was told of. */
  static final long UNSEEN = -2;

  private static final int SHOWN = 12;

  private final List<Event> events = new ArrayList<>();
  private final Move[] underWay = new Move[MOST_UNDER_WAY];
  private long occupied;
  private long uncertain;
  private int spareRemovals;
  private boolean unseenPuts;
  private Map<State, Integer> states = new HashMap<>(Map.of(new State(0, 0), 0));

  /** A value, and which operations under way have taken effect. */
  private record State(long value, long effective) {}

  private enum What {
    CALL,
    ANSWER,
    TIME_OVER
  }

  private record Event(long time, What what, Move move) {
    /** Of the same moment calls come first: then operations overlap, which excludes less. */
    static final Comparator<Event> ORDER =
        Comparator.comparingLong(Event::time).thenComparing(Event::what);
  }

  /**
   * A search.
   *
   * @param moves of all operations on the key
   * @param unknownNanos for how long after its call a write of unknown outcome may take effect
   */
  RegisterSearch(List<Move> moves, long unknownNanos) {
    for (Move move : moves) {
      long called = move.operation().invoked();
      events.add(new Event(called, What.CALL, move));
      events.add(
          move.certain()
              ? new Event(move.operation().returned(), What.ANSWER, move)
              : new Event(called + unknownNanos, What.TIME_OVER, move));
    }
    events.sort(Event.ORDER);
  }

  /**
   * The first answer that no order explains, with what went before; empty where there is none.
   *
   * @throws IllegalStateException where more is under way at once than can be decided
   */
  Optional<String> unexplained() {
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      switch (event.what()) {
        case CALL -> call(event.move());
        case ANSWER -> answer(event.move());
        case TIME_OVER -> timeOver(event.move());
      }
      if (states.isEmpty()) {
        return Optional.of(explain(i));
      }
    }
    return Optional.empty();
  }

  private void call(Move move) {
    if (!move.certain() && move.removesAnything()) {
      spareRemovals++;
      return;
    }
    if (move.after() == UNSEEN) {
      unseenPuts = true;
      return;
    }
    int slot = Long.numberOfTrailingZeros(~occupied);
    if (slot == MOST_UNDER_WAY) {
      throw new IllegalStateException(
          "more than " + MOST_UNDER_WAY + " operations under way at " + move.operation());
    }
    underWay[slot] = move;
    occupied |= 1L << slot;
    if (!move.certain()) {
      uncertain |= 1L << slot;
    }
    if (!move.changes()) {
      Map<State, Integer> settled = new HashMap<>();
      states.forEach(
          (state, used) -> settled.merge(settle(state.value, state.effective), used, Math::min));
      states = settled;
    }
  }

  private void answer(Move move) {
    int slot = slotOf(move);
    long bit = 1L << slot;
    Map<State, Integer> next = new HashMap<>();
    Map<State, Integer> seen = new HashMap<>(states);
    Deque<State> open = new ArrayDeque<>(states.keySet());
    while (!open.isEmpty()) {
      State state = open.pop();
      int used = seen.get(state);
      if ((state.effective & bit) != 0) {
        next.merge(new State(state.value, state.effective & ~bit), used, Math::min);
        continue;
      }
      for (long left = occupied & ~state.effective; left != 0; left &= left - 1) {
        int other = Long.numberOfTrailingZeros(left);
        Move possible = underWay[other];
        if (possible.changes()
            && possible.needs().met(state.value)
            && (possible.certain() || helps(possible.after(), state.effective))) {
          reach(settle(possible.after(), state.effective | 1L << other), used, seen, open);
        }
      }
      if (used < spareRemovals && state.value != 0 && helps(0, state.effective)) {
        reach(settle(0, state.effective), used + 1, seen, open);
      }
      if (unseenPuts && state.value != UNSEEN && helps(UNSEEN, state.effective)) {
        reach(settle(UNSEEN, state.effective), used, seen, open);
      }
      if (seen.size() > MOST_STATES) {
        throw new IllegalStateException("too much under way to decide at " + move.operation());
      }
    }
    free(slot);
    states = next;
    freeWhatAllHave();
  }

  private static void reach(State to, int used, Map<State, Integer> seen, Deque<State> open) {
    Integer before = seen.get(to);
    if (before == null || used < before) {
      seen.put(to, used);
      open.push(to);
    }
  }

  /** Whether something under way waits for a state such as this. */
  private boolean helps(long value, long effective) {
    for (long left = occupied & ~effective; left != 0; left &= left - 1) {
      Move.Need need = underWay[Long.numberOfTrailingZeros(left)].needs();
      if (need.demanding() && need.met(value)) {
        return true;
      }
    }
    return false;
  }

  /** The state after all that only looks, and sees this value, has looked. */
  private State settle(long value, long effective) {
    long settled = effective;
    for (long left = occupied & ~effective; left != 0; left &= left - 1) {
      int slot = Long.numberOfTrailingZeros(left);
      if (!underWay[slot].changes() && underWay[slot].needs().met(value)) {
        settled |= 1L << slot;
      }
    }
    return new State(value, settled);
  }

  private void timeOver(Move move) {
    if (move.after() == UNSEEN) {
      return;
    }
    if (move.removesAnything()) {
      spareRemovals--;
      states.replaceAll((state, used) -> Math.max(0, used - 1));
      return;
    }
    int slot = slotOf(move);
    if (slot < MOST_UNDER_WAY) {
      forget(1L << slot);
      free(slot);
    }
  }

  /** A write of unknown outcome that has taken effect in every state is under way no more. */
  private void freeWhatAllHave() {
    long all = uncertain;
    for (State state : states.keySet()) {
      all &= state.effective;
    }
    if (all != 0) {
      forget(all);
      for (long left = all; left != 0; left &= left - 1) {
        free(Long.numberOfTrailingZeros(left));
      }
    }
  }

  private void forget(long bits) {
    Map<State, Integer> without = new HashMap<>();
    states.forEach(
        (state, used) ->
            without.merge(new State(state.value, state.effective & ~bits), used, Math::min));
    states = without;
  }

  private void free(int slot) {
    underWay[slot] = null;
    occupied &= ~(1L << slot);
    uncertain &= ~(1L << slot);
  }

  /** Where an operation under way stands; {@link #MOST_UNDER_WAY} where it is under way no more. */
  private int slotOf(Move move) {
    int slot = 0;
    while (slot < MOST_UNDER_WAY && underWay[slot] != move) {
      slot++;
    }
    return slot;
  }

  private String explain(int at) {
    StringBuilder text = new StringBuilder("no order explains ");
    text.append(events.get(at).move().operation()).append(", after");
    int shown = 0;
    for (int i = at - 1; i >= 0 && shown < SHOWN; i--) {
      if (events.get(i).what() == What.CALL && events.get(i).move() != events.get(at).move()) {
        text.append("\n      ").append(events.get(i).move().operation());
        shown++;
      }
    }
    return text.toString();
  }
}
