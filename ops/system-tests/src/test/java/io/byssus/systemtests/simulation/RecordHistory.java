package io.byssus.systemtests.simulation;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Every state that a record had, and behind which offset of the log it had it. */
final class RecordHistory {
  private final List<State> states = new ArrayList<>();

  /**
   * A state that a record had from an offset on.
   *
   * @param offset the first offset behind which it had it; −1 for the state before the log
   * @param value empty where there was no record
   * @param end why there was none
   */
  record State(long offset, Optional<ByteString> value, End end) {
    boolean shows(Optional<ByteString> seen) {
      return value.equals(seen);
    }
  }

  /** Why a record is not there. */
  enum End {
    NONE,
    DELETED,
    EXPIRED,
    DROPPED
  }

  RecordHistory() {
    states.add(new State(-1, Optional.empty(), End.NONE));
  }

  void put(long offset, ByteString value) {
    states.add(new State(offset, Optional.of(value), End.NONE));
  }

  void remove(long offset, End end) {
    if (last().value().isPresent()) {
      states.add(new State(offset, Optional.empty(), end));
    }
  }

  State last() {
    return states.get(states.size() - 1);
  }

  /** The state behind an offset. */
  State behind(long offset) {
    int at = states.size() - 1;
    while (states.get(at).offset() > offset) {
      at--;
    }
    return states.get(at);
  }

  /**
   * The offset from which on a value was shown, of the first time that it was shown behind an
   * offset or a later one; −2 where it was not shown from there on.
   */
  long shownAtOrAfter(long offset, Optional<ByteString> value) {
    int at = states.size() - 1;
    while (states.get(at).offset() > offset && at > 0) {
      at--;
    }
    for (; at < states.size(); at++) {
      if (states.get(at).shows(value)) {
        return states.get(at).offset();
      }
    }
    return -2;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (State state : states.subList(Math.max(0, states.size() - 12), states.size())) {
      text.append(state.offset())
          .append('=')
          .append(state.value().map(ByteString::toStringUtf8).orElse("none"))
          .append(' ');
    }
    return text.toString();
  }
}
