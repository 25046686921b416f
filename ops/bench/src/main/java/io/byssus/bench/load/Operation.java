package io.byssus.bench.load;

import java.util.function.Consumer;

/** What a load does over and over. */
@FunctionalInterface
public interface Operation {
  /**
   * Begins one; returns without waiting for its end.
   *
   * @param done to be told once, on whatever thread: null, or what went wrong
   * @throws Exception where it cannot begin; {@code done} is not told then
   */
  void begin(Consumer<Throwable> done) throws Exception;
}
